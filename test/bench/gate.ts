/**
 * The gate under measurement: the daemon as a process, configured and supplied as in the field. Lists and trust are
 * published by the platform's own code and travel over the real link.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importEntryList } from '../../platform-sim/entry-lists.ts';
import { startPcscd, VPCD_READER } from '../../platform-sim/pcscd.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import { CardMaker, type TestCard } from '../cards.ts';
import type { Line } from '../journal-lines.ts';
import { type Child, type ChildOptions, startChild } from './child.ts';

const LIST = 'stadium-2016-02-20';
export const READY_MS_MAX = 60_000;
/** What a tap may take on a loaded machine, pcscd's own polling included. */
export const ANSWER_MS_MAX = 20_000;
/** pcscd polls every 400 ms (PCSCLITE_STATUS_POLL_RATE); a card that comes back sooner may not have been away. */
export const SEEN_GONE_MS = 600;
const REVOKED = 1_000;

export const NAME = 'gate-1';

export interface GateShape {
  /** Rows of the entry list; without rows there is no list. */
  readonly rows: number;
  /** How many of the rows are cards that can be held. */
  readonly cards: number;
  readonly reader: 'pcsc' | 'simulated';
  /** Path of the serial line; without it, the printer is simulated in the daemon's process. */
  readonly printer?: string;
}

/** Everything around one gate, in a temporary folder. */
export interface GateSite {
  readonly directory: string;
  /** The daemon's state folder. */
  readonly state: string;
  readonly platformState: string;
  readonly cards: readonly TestCard[];
  /** vpcd's first slot, which is the gate's; the second is for comparisons. Null with a simulated reader. */
  readonly vpcdPort: number | null;
  /** What a PC/SC client needs to find the service. */
  readonly env: Readonly<Record<string, string>>;
  startPlatform(): Promise<Child>;
  /** Resolves at once; wait for its lines. */
  startGate(options?: Pick<ChildOptions, 'node'>): Child;
}

/** Builds the site, hands it over, and leaves no process and no file behind. */
export async function withGateSite(
  shape: GateShape,
  measure: (site: GateSite) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-bench-'));
  const children: Child[] = [];
  const started = (child: Child): Child => {
    children.push(child);
    return child;
  };
  const pcscd = shape.reader === 'pcsc' ? await startPcscd({ directory }) : null;
  const env = pcscd?.env ?? {};
  const config = join(directory, 'gate-1.toml');
  const state = join(directory, NAME);
  const platformState = join(directory, 'platform');
  try {
    const cards = await publish(directory, platformState, shape);
    const configure = (port: number) => writeFile(config, configuration({ state, port, ...shape }));
    await configure(9);
    await measure({
      directory,
      state,
      platformState,
      cards,
      vpcdPort: pcscd?.port ?? null,
      env,
      async startPlatform() {
        const serve = ['serve', '--state', platformState, '--port', '0'];
        const platform = started(startChild('platform-sim/main.ts', serve));
        const ready = await platform.lines.next({ event: 'platform.ready' }, 0, READY_MS_MAX);
        await configure(Number(ready['port']));
        return platform;
      },
      startGate: (options = {}) =>
        started(startChild('src/main.ts', ['run', '--config', config], { env, ...options })),
    });
  } finally {
    for (const child of children.reverse()) await child.end();
    await pcscd?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Resolves with the line that says that the gate serves. */
export function inService(gate: Child): Promise<Line> {
  return gate.lines.next({ event: 'terminal.in-service' }, 0, READY_MS_MAX);
}

function configuration(gate: GateShape & { state: string; port: number }): string {
  return `profile = "gate"
name = "${NAME}"
state = ${JSON.stringify(gate.state)}
[platform]
url = "ws://127.0.0.1:${gate.port}/terminals"
[card]
${gate.reader === 'pcsc' ? `driver = "pcsc"\nreader = "${VPCD_READER}"` : 'driver = "simulated"'}
[receipt]
${gate.printer === undefined ? 'driver = "simulated"' : `driver = "serial"\npath = ${JSON.stringify(gate.printer)}`}
[services.event-entry]
list = "${LIST}"
gate = "西ゲート"
`;
}

async function publish(
  directory: string,
  platformState: string,
  { rows, cards: count }: GateShape,
): Promise<TestCard[]> {
  const maker = await CardMaker.create();
  const cards: TestCard[] = [];
  while (cards.length < count) cards.push(await maker.card());
  const ca = join(directory, 'ca.der');
  const crl = join(directory, 'crl.der');
  await writeFile(ca, maker.authority.caCertificate);
  const revoked = Array.from({ length: REVOKED }, () => {
    return {
      serial: randomBytes(8).fill(0x5a, 0, 1),
      reason: 'superseded',
      at: new Date(),
    } as const;
  });
  await writeFile(crl, maker.authority.crl({ revoked }));
  const stores = openStores(platformState);
  try {
    const keys = await openKeys(platformState);
    await addTrust(stores.registry, keys, { ca: [ca], crl: [crl] }, Date.now());
    if (rows > 0) {
      const said = {
        title: '春の音楽祭',
        place: 'かざす市民球場',
        startsAt: new Date().toISOString(),
      };
      const all = tickets(cards, rows);
      await importEntryList(stores.registry, keys, LIST, all, said, Date.now());
    }
  } finally {
    stores.close();
  }
  return cards;
}

/** The cards' own rows first; the others stand for people who are not here, so any bytes do for their certificates. */
function tickets(cards: readonly TestCard[], rows: number) {
  return Array.from({ length: Math.max(rows, cards.length) }, (_, n) => {
    const certificate = cards[n]?.der ?? randomBytes(32);
    return {
      certificate,
      fingerprint: createHash('sha256').update(certificate).digest('hex'),
      ticket: `T-${String(n).padStart(7, '0')}`,
      seat: `3塁側 ${n}番`,
      holder: '',
      party: '',
    };
  });
}
