/**
 * A whole terminal for stories: platform, gate with simulated reader and printer, one process, real sockets, real files.
 *
 *   await withTerminal(async ({ hold, journal }) => { ... })
 */

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardDefinition } from '../devices/card/sim-card.ts';
import { askControlSocket } from '../devices/sim-control.ts';
import { importEntryList, type ListSettings } from '../platform-sim/entry-lists.ts';
import { type Platform, startPlatform } from '../platform-sim/platform.ts';
import { openKeys } from '../platform-sim/stores.ts';
import { addTrust } from '../platform-sim/trust.ts';
import { type Config, readConfig } from '../src/config.ts';
import { type RunningTerminal, startTerminal } from '../src/terminal.ts';
import { CardMaker, type TestCard } from './cards.ts';
import { JournalLines } from './journal-lines.ts';

export const LIST = 'stadium-2016-02-20';

export interface Ticket {
  readonly card: TestCard;
  readonly ticket: string;
  readonly seat: string;
  readonly holder?: string;
  readonly party?: string;
}

export interface World {
  readonly directory: string;
  readonly cards: CardMaker;
  readonly config: Config;
  readonly journal: JournalLines;
  platform: Platform;
  /** Publishes the next version of the list. */
  publish(tickets: readonly Ticket[], settings?: ListSettings): Promise<void>;
  /** Publishes the authority and its newest CRL. */
  publishTrust(revoked?: readonly TestCard[]): Promise<void>;
  hold(card: CardDefinition): Promise<void>;
  remove(): Promise<void>;
  /** Holds the card until the answer has come, takes it away, and hands back the line of the answer. */
  tap(card: CardDefinition): ReturnType<JournalLines['next']>;
  printer(fault: string): Promise<void>;
  papers(): Promise<readonly unknown[]>;
  reader(what: 'plug' | 'unplug'): Promise<void>;
  startPlatform(): Promise<void>;
  stopPlatform(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const ANSWERS = new Set([
  'entry.granted',
  'entry.refused',
  'card.unreadable',
  'receipt.claimed',
  'card.ignored',
]);

/** What a test says of its terminal before it starts. */
export interface Given {
  /** Default: the platform runs and has trust. */
  readonly platform?: 'running' | 'stopped';
  /** Default: what `tickets` returns is published before the terminal starts. */
  readonly tickets?: (cards: CardMaker) => Promise<readonly Ticket[]>;
  readonly settings?: ListSettings;
}

let maker: Promise<CardMaker> | null = null;

export async function withTerminal(
  given: Given,
  story: (world: World) => Promise<void>,
): Promise<void> {
  maker ??= CardMaker.create();
  const cards = await maker;
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-story-'));
  const world = await worldIn(directory, cards);
  try {
    if (given.tickets !== undefined) {
      await world.publishTrust();
      await world.publish(await given.tickets(cards), given.settings);
    }
    if (given.platform === 'stopped') await world.stopPlatform();
    await world.start();
    await story(world);
  } finally {
    await world.stop();
    await world.stopPlatform();
    await rm(directory, { recursive: true, force: true });
  }
}

async function worldIn(directory: string, cards: CardMaker): Promise<World> {
  const platformState = join(directory, 'platform');
  const journal = new JournalLines();
  let platform: Platform | null = await startPlatform({ stateDirectory: platformState, port: 0 });
  let terminal: RunningTerminal | null = null;
  const config = await configure(directory, platform.url);
  const running = (): Platform => {
    if (platform === null) throw new Error('the platform does not run');
    return platform;
  };
  const ask = (device: 'card' | 'printer', request: { do: string; [field: string]: unknown }) =>
    askControlSocket(join(config.state, `sim-${device}.sock`), request);
  const world: World = {
    directory,
    cards,
    config,
    journal,
    get platform() {
      return running();
    },
    async publish(tickets, settings = {}) {
      const { registry } = running().stores;
      const keys = await openKeys(platformState);
      const rows = tickets.map(({ card, ticket, seat, holder = '', party = '' }) => ({
        certificate: card.der,
        fingerprint: createHash('sha256').update(card.der).digest('hex'),
        ticket,
        seat,
        holder,
        party,
      }));
      await importEntryList(
        registry,
        keys,
        LIST,
        rows,
        { title: '春の音楽祭', ...settings },
        Date.now(),
      );
    },
    async publishTrust(revoked = []) {
      const { registry } = running().stores;
      const keys = await openKeys(platformState);
      const ca = join(directory, 'ca.der');
      const crl = join(directory, 'crl.der');
      await writeFile(ca, cards.authority.caCertificate);
      const entries = revoked.map(({ serial }) => ({
        serial,
        reason: 'superseded' as const,
        at: new Date(),
      }));
      await writeFile(crl, cards.authority.crl({ revoked: entries, number: BigInt(Date.now()) }));
      await addTrust(registry, keys, { ca: [ca], crl: [crl] }, Date.now());
    },
    async hold(card) {
      await ask('card', { do: 'hold', card });
    },
    async remove() {
      await ask('card', { do: 'remove' });
    },
    async tap(card) {
      const after = journal.all.length;
      await world.hold(card);
      const answer = await journal.first((line) => ANSWERS.has(line.event), after);
      await world.remove();
      return answer;
    },
    async printer(fault) {
      await ask('printer', { do: 'fault', fault });
    },
    async papers() {
      const reply = await ask('printer', { do: 'papers', since: 0 });
      return reply['papers'] as unknown[];
    },
    async reader(what) {
      await ask('card', { do: what });
    },
    async startPlatform() {
      const port = Number(new URL(config.platform.url).port);
      platform = await startPlatform({ stateDirectory: platformState, port });
    },
    async stopPlatform() {
      await platform?.close();
      platform = null;
    },
    async start() {
      terminal = await startTerminal(config, {
        out: journal.out,
        onDefect: (error) => {
          throw error;
        },
      });
      await journal.next({ event: 'terminal.ready' }, 0);
    },
    async stop() {
      await terminal?.stop('test');
      terminal = null;
    },
  };
  return world;
}

async function configure(directory: string, url: string): Promise<Config> {
  const file = join(directory, 'gate-1.toml');
  const text = `profile = "gate"
name = "gate-1"
state = ${JSON.stringify(join(directory, 'gate-1'))}
[platform]
url = "${url}"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "${LIST}"
gate = "西ゲート"
`;
  await writeFile(file, text);
  return readConfig(file);
}
