/**
 * The bench group "centre": a hundred kiosks issue at once against one centre. Kiosks are simulated, all in this process,
 * each with a link of its own; the centre with its issuing servers is a process of its own. Each order is a question with
 * the card's proof, the answer, and the document fetched and opened; the next one follows at once. Afterwards every
 * document is looked at as a kiosk does: manifest, bytes, and the code on each page, against what this kiosk asked for.
 */

import { createHash, randomBytes, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { LONE_PEOPLE } from '../../platform-sim/municipality/lone-people.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import { fetchDocument } from '../../src/certificate-order/document-fetch.ts';
import { differences } from '../../src/certificate-order/issue-check.ts';
import { verifiedCode } from '../../src/certificate-order/paper-codes.ts';
import { inspectPages } from '../../src/certificate-order/pdf-pages.ts';
import { OrderSession } from '../../src/certificate-order/session.ts';
import { type Order, SHEETS_MAX } from '../../src/domain/municipal-certificate.ts';
import {
  CERTIFICATE_SERVICES,
  ISSUE_ANSWER,
  type IssueAnswer,
  OFFERS_ANSWER,
  OWN_TOPOLOGY,
} from '../../src/link/certificate-protocol.ts';
import { ObjectSource } from '../../src/link/object-source.ts';
import type { PlatformFrame } from '../../src/link/protocol.ts';
import { requestLines } from '../../src/link/question-protocol.ts';
import { openIssueManifest } from '../../src/pki/issue-manifest.ts';
import { certifiedBy, type Signers } from '../../src/pki/signed-object.ts';
import { CardMaker, type TestCard } from '../cards.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { Program } from '../rig/program.ts';
import { beatBack } from './beats.ts';
import { type Bench, percentile, reportTimes } from './figures.ts';

const KIOSKS = 100;
const ROUNDS = 5;
const QUICK_ROUNDS = 1;
const LONG_AGO = new Date(Date.now() - 400 * 86_400_000);
const never = new AbortController().signal;

type Issued = Extract<IssueAnswer, { result: 'issued' }>;
type Prefix = 'kazasu-tap-1' | 'kazasu-pin-1';

/** Who stands at a kiosk, and what they order. */
interface Visitor {
  readonly card: TestCard;
  readonly order: Order;
}

/** An order that a card has signed, and what became of it. */
interface Prepared {
  readonly frame: object;
  readonly session: OrderSession;
}
interface Done extends Prepared {
  readonly issued: Issued;
  readonly pdf: Buffer;
  readonly ms: number;
}

export async function centreBench({ report, note, quick }: Bench): Promise<void> {
  const rounds = quick ? QUICK_ROUNDS : ROUNDS;
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-bench-centre-'));
  const state = join(folder, 'platform');
  const cards = await prepare(folder, state);
  const centre = new Program([join(import.meta.dirname, 'centre-process.ts'), state]);
  try {
    const ready = await centre.next({ event: 'centre.ready' });
    const [url, echoUrl] = [String(ready['url']), String(ready['echoUrl'])];
    const kiosks = await openKiosks(url, cards);
    const asked = kiosks.map((kiosk) => kiosk.prepare(rounds));
    await Promise.all(kiosks.map((kiosk) => kiosk.run(kiosk.prepare(1))));
    const begun = performance.now();
    const done = (await Promise.all(kiosks.map((kiosk, at) => kiosk.run(asked[at] ?? [])))).flat();
    const seconds = (performance.now() - begun) / 1_000;
    await Promise.all(kiosks.map((kiosk) => kiosk.close()));
    const [bytes = ''] = asked.flat().map(({ frame }) => JSON.stringify(frame));
    const echoes = await echo(echoUrl, bytes, rounds);
    const detail = { kiosks: KIOSKS, n: done.length };
    const floor = percentile(echoes.times, 0.5);
    const rate = { ...detail, unit: '1/s', floor: echoes.rate };
    report({ ...rate, figure: 'centre.issued', value: done.length / seconds });
    const times = done.map(({ ms }) => ms);
    const p99 = { floor: percentile(echoes.times, 0.99) };
    reportTimes(report, 'centre.issue', times, { kiosks: KIOSKS }, { p50: { floor }, p99 });
    note(`centre: looks at ${done.length} documents`);
    const wrong = await mismatches(done, await signersOf(state));
    report({ ...detail, figure: 'centre.mismatches', value: wrong, unit: 'documents', budget: 0 });
    centre.kill('SIGTERM');
    const ended = await centre.next({ event: 'centre.ended' });
    const mib = Number(ended['maxRSS']) / 1_024;
    report({ ...detail, figure: 'centre.memory', value: mib, unit: 'MiB' });
  } finally {
    await centre.end();
    await rm(folder, { recursive: true });
  }
}

/** Publishes trust, and gives a card to everybody who lives alone. */
async function prepare(folder: string, state: string): Promise<TestCard[]> {
  const maker = await CardMaker.create();
  const file = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const stores = openStores(state);
  try {
    const ca = file('ca.der', maker.authority.caCertificate);
    const crl = file('crl.der', maker.authority.crl());
    await addTrust(stores.registry, await openKeys(state), { ca: [ca], crl: [crl] }, Date.now());
    const cards: TestCard[] = [];
    const rows = ['certificate,record'];
    for (const { person } of LONE_PEOPLE) {
      const card = await maker.card({ notBefore: LONG_AGO });
      file(`${person}.der`, card.der);
      rows.push(`${person}.der,resident/${person}`);
      cards.push(card);
    }
    stores.centre.holders.take(file('holders.csv', `${rows.join('\n')}\n`), () => true);
    return cards;
  } finally {
    stores.close();
  }
}

/** At each stands one of those who can have their record; who stands at the next is somebody else. */
async function openKiosks(url: string, cards: readonly TestCard[]): Promise<Kiosk[]> {
  const first = await Kiosk.open(url, 'kiosk-0');
  const served: Visitor[] = [];
  for (const card of cards) {
    const order = await first.orderOf(card);
    if (order !== null) served.push({ card, order });
  }
  await first.close();
  if (served.length < 2) throw new Error('mixing up takes two');
  const kiosks: Promise<Kiosk>[] = [];
  for (let number = 1; number <= KIOSKS; number += 1) {
    kiosks.push(Kiosk.open(url, `kiosk-${number}`, served[number % served.length]));
  }
  return Promise.all(kiosks);
}

class Kiosk {
  readonly #name: string;
  readonly #terminal: BareTerminal;
  readonly #chain: Chain;
  readonly #objects: ObjectSource;
  readonly #visitor: Visitor | undefined;
  readonly #waiting = new Map<string, (frame: PlatformFrame) => void>();

  private constructor(
    name: string,
    terminal: BareTerminal,
    chain: Chain,
    objects: ObjectSource,
    visitor: Visitor | undefined,
  ) {
    this.#name = name;
    this.#terminal = terminal;
    this.#chain = chain;
    this.#objects = objects;
    this.#visitor = visitor;
    beatBack(terminal);
    terminal.socket.on('message', () => this.#hear(terminal.frames.splice(0)));
  }

  static async open(url: string, name: string, visitor?: Visitor): Promise<Kiosk> {
    const chain = new Chain(name);
    const terminal = await BareTerminal.greet(url, chain);
    const kiosk = new Kiosk(name, terminal, chain, new ObjectSource(url), visitor);
    const body = JSON.stringify({ topology: OWN_TOPOLOGY });
    const question = { id: randomUUID(), service: CERTIFICATE_SERVICES.municipalities, body };
    await kiosk.#ask({ frame: 'ask', ...question, card: null }, question.id);
    return kiosk;
  }

  /** What this person's record costs; null: they can't have it. */
  async orderOf(card: TestCard): Promise<Order | null> {
    const question = { id: randomUUID(), service: CERTIFICATE_SERVICES.offers, body: '{}' };
    const answer = await this.#ask(this.#shown(question, card, 'kazasu-tap-1'), question.id);
    const { offers } = OFFERS_ANSWER.parse(answer);
    const offer = offers.find(({ document }) => document === 'resident-record');
    if (offer === undefined || !offer.service.open) return null;
    const { document, municipality, fee } = offer;
    return { document, municipality, option: 'self', copies: 1, fee };
  }

  prepare(orders: number): Prepared[] {
    const { card, order } = this.#visitor ?? { card: null, order: null };
    if (card === null) throw new Error('nobody stands here');
    return Array.from({ length: orders }, () => {
      const session = new OrderSession(card.der, this.#name, order);
      const { document, municipality, option, copies, fee } = order;
      const said = { document, municipality: municipality.code, option, copies, fee };
      const body = JSON.stringify(said);
      const question = { id: session.request, service: CERTIFICATE_SERVICES.issue, body };
      return { session, frame: this.#shown(question, card, 'kazasu-pin-1') };
    });
  }

  /** One order after the other; the centre is told of each that it was printed. */
  async run(orders: readonly Prepared[]): Promise<Done[]> {
    const done: Done[] = [];
    for (const { frame, session } of orders) {
      const begun = performance.now();
      const issued = ISSUE_ANSWER.parse(await this.#ask(frame, session.request));
      if (issued.result !== 'issued') throw new Error(`refused: ${issued.reason}`);
      const fetchObject = this.#objects.fetch.bind(this.#objects);
      const pdf = await fetchDocument(fetchObject, issued, never);
      done.push({ frame, session, issued, pdf, ms: performance.now() - begun });
      this.#chain.add({ request: session.request, sheets: 1 }, { event: 'certificate.printed' });
      this.#terminal.facts(this.#chain.items.length, this.#chain.items.slice(-1));
    }
    return done;
  }

  async close(): Promise<void> {
    this.#objects.close();
    await this.#terminal.leave();
  }

  #hear(frames: readonly PlatformFrame[]): void {
    for (const frame of frames) {
      if (frame.frame === 'answer' || frame.frame === 'fault') this.#waiting.get(frame.id)?.(frame);
    }
  }

  async #ask(frame: object, id: string): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<PlatformFrame>();
    this.#waiting.set(id, resolve);
    this.#terminal.send(frame);
    const said = await Promise.race([promise, this.#terminal.closed]);
    this.#waiting.delete(id);
    if (typeof said === 'number' || said.frame !== 'answer') {
      throw new Error(`no answer: ${JSON.stringify(said)}`);
    }
    return JSON.parse(said.body);
  }

  #shown(question: Parameters<typeof requestLines>[0], card: TestCard, prefix: Prefix): object {
    const request = prefix === 'kazasu-pin-1' ? [sha256(requestLines(question))] : [];
    const digests = [randomBytes(32), sha256(this.#name), sha256(card.der), ...request];
    const message = Buffer.concat([Buffer.from(prefix), ...digests]);
    const signature = sign('sha256', message, card.card.userPrivateKey ?? '');
    const proof = {
      message: message.toString('base64'),
      signature: signature.toString('base64'),
    };
    return {
      frame: 'ask',
      ...question,
      card: { certificate: card.der.toString('base64'), proof },
    };
  }
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}

async function signersOf(state: string): Promise<Signers> {
  return certifiedBy((await openKeys(state)).caCertificate);
}

/** How many documents are not what their own kiosk asked for. */
async function mismatches(done: readonly Done[], signers: Signers): Promise<number> {
  let wrong = 0;
  for (const { session, issued, pdf } of done) {
    const cms = Buffer.from(issued.manifest, 'base64');
    const { manifest, key } = await openIssueManifest(cms, signers, Date.now());
    const inspected = await inspectPages(pdf, SHEETS_MAX);
    const codes = inspected.usable
      ? inspected.sheets.map((sheet) => verifiedCode(sheet.codes, key))
      : [];
    const found = { sha256: sha256(pdf).toString('hex'), codes };
    if (differences(session, manifest, found).length > 0) wrong += 1;
  }
  return wrong;
}

/** As many sockets and messages of that size, to a server that does nothing but send them back. */
async function echo(
  url: string,
  message: string,
  rounds: number,
): Promise<{ readonly rate: number; readonly times: readonly number[] }> {
  const sockets = Array.from({ length: KIOSKS }, () => {
    return new WebSocket(url, { perMessageDeflate: false });
  });
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const times: number[] = [];
  const run = async (socket: WebSocket, messages: number): Promise<void> => {
    for (let sent = 0; sent < messages; sent += 1) {
      const before = performance.now();
      const back = once(socket, 'message');
      socket.send(message);
      await back;
      times.push(performance.now() - before);
    }
  };
  await Promise.all(sockets.map((socket) => run(socket, 1)));
  times.length = 0;
  const begun = performance.now();
  await Promise.all(sockets.map((socket) => run(socket, rounds)));
  const rate = times.length / ((performance.now() - begun) / 1_000);
  for (const socket of sockets) socket.terminate();
  return { rate, times };
}
