/** The thief of a disk as the gate on the link: with the facts alone, with its key, without it, and after its revocation. */

import { join } from 'node:path';
import { CLOSE } from '../../src/link/protocol.ts';
import type { StolenDisk } from '../thief.ts';
import { permitEnrolment, revokeTerminal } from './city.ts';
import { type Impersonated, impersonate } from './impersonation.ts';
import type { Stage } from './stage.ts';
import { PLATFORM_PORT, PLATFORM_TLS_PORT } from './world.ts';

const PLAIN_URL = `ws://127.0.0.1:${PLATFORM_PORT}/terminals`;
const TLS_URL = `wss://127.0.0.1:${PLATFORM_TLS_PORT}/terminals`;

/** The list's two, and the institution's. */
const KEYS_OF_THE_GATE = 3;

/** Whatever happens, the street's gate is served again when this is over. */
export async function playImpostor(
  stage: Stage,
  disk: StolenDisk,
  sealed: StolenDisk,
): Promise<void> {
  stage.step('ゲートのふりをしてセンターにつなぎます', 'The thief connects as the gate');
  await withFactsAlone(stage, disk);
  await withoutItsKey(stage, sealed);
  await withItsKey(stage, disk);
  stage.step('センターがゲートの証明書を失効させます', 'The platform revokes the gate');
  const state = join(stage.street.options.directory, 'platform');
  await revokeTerminal(state, stage.place.id);
  try {
    await onceRevoked(stage, disk);
  } finally {
    stage.step('本物のゲートを登録しなおします', 'The real gate enrols anew');
    await enrolAnew(stage, state);
  }
  await besideItsSuccessor(stage, disk);
}

async function withFactsAlone(stage: Stage, disk: StolenDisk): Promise<void> {
  const got = await impersonate(PLAIN_URL, disk.facts(), null);
  stage.prove(
    isNobody(got) && got.ended.startsWith(`${CLOSE.identity} `),
    {
      ja: `名前と記録だけではゲートのふりができない（センターの答え: ${got.ended}）`,
      en: `cannot: be this gate with its name and its facts alone (the platform: ${got.ended})`,
    },
    got,
  );
}

/** The certificate is no secret, and lies there in clear; a key of his own must not do in the place of its key. */
async function withoutItsKey(stage: Stage, sealed: StolenDisk): Promise<void> {
  const got = await impersonate(TLS_URL, sealed.facts(), sealed.identity().link(Date.now()));
  stage.prove(
    sealed.keys().inClear === 0 && isNobody(got) && got.ended === '403 link-certificate',
    {
      ja: `封をしたディスクでは、証明書があっても端末の鍵が使えず、ゲートのふりができない（センターの答え: ${got.ended}）`,
      en: `cannot, sealed: be this gate with its certificate and a key of his own (the platform: ${got.ended})`,
    },
    got,
  );
}

async function withItsKey(stage: Stage, disk: StolenDisk): Promise<void> {
  const identity = disk.identity();
  const since = stage.mark();
  const { wrapped, ...got } = await impersonate(TLS_URL, disk.facts(), identity.link(Date.now()));
  const keys = wrapped.flatMap((envelope) => identity.open(envelope) ?? []);
  const same = disk.holds(keys);
  const down = await stage.line('link.down', since, 'a gate that notices');
  await stage.line('link.up', since, 'the link of the gate itself');
  const isTaken = String(down['reason']).startsWith('replaced');
  const isComplete = keys.length === KEYS_OF_THE_GATE && same === keys.length;
  stage.prove(
    got.welcomed && got.heads > 0 && isComplete && isTaken,
    {
      ja: `できる: 封のない端末の鍵で、失効まではゲートのふりをする（TLS 1.3。リストの知らせ${got.heads}件と、鍵${keys.length}個を受け取って開けた）。本物のゲートは線を取られたと記録した`,
      en: `can: be this gate on the link, with its key in clear, until it is revoked (TLS 1.3; welcomed, ${got.heads} heads, ${keys.length} wrapped keys opened); the real one journals that its link was taken`,
    },
    { ...got, wrapped: wrapped.length, opened: keys.length, same, down },
  );
}

async function onceRevoked(stage: Stage, disk: StolenDisk): Promise<void> {
  const got = await impersonate(TLS_URL, disk.facts(), disk.identity().link(Date.now()));
  stage.prove(
    isNobody(got) && got.ended === '403 revoked',
    {
      ja: `失効のあとは、その鍵でもゲートのふりができない（センターの答え: ${got.ended}）`,
      en: `cannot, once it is revoked: be this gate, with the same key (the platform: ${got.ended})`,
    },
    got,
  );
}

/** The name counts again, with another key. */
async function besideItsSuccessor(stage: Stage, disk: StolenDisk): Promise<void> {
  const got = await impersonate(TLS_URL, disk.facts(), disk.identity().link(Date.now()));
  stage.prove(
    isNobody(got) && got.ended === '403 replaced',
    {
      ja: `本物が新しい鍵で登録しなおしてつながったあとも、盗まれた鍵は使えない（センターの答え: ${got.ended}）`,
      en: `cannot: be it once the real gate has enrolled anew, and is served (the platform: ${got.ended})`,
    },
    got,
  );
}

async function enrolAnew(stage: Stage, state: string): Promise<void> {
  const { id, terminal } = stage.place;
  await terminal.end();
  await terminal.enrol(await permitEnrolment(state, id, true));
  const since = stage.mark();
  await terminal.start();
  await stage.line('link.up', since, 'the gate on the link again');
}

function isNobody({ welcomed, heads, clearKeys, wrapped }: Impersonated): boolean {
  return !welcomed && heads === 0 && clearKeys === 0 && wrapped.length === 0;
}
