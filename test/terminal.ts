/**
 * A whole terminal for stories: platform, gate with simulated reader and printer, one process, real sockets, real files.
 *
 *   await withTerminal({ tickets: hanako }, async ({ tap, ticket, journal }) => { ... })
 */

import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CardDefinition } from '../devices/card/sim-card.ts';
import { askControlSocket, type ControlReply } from '../devices/sim-control.ts';
import type { CrlOptions } from '../platform-sim/authority.ts';
import { importEntryList, type ListSettings } from '../platform-sim/entry-lists.ts';
import { addInstitution, revokeInstitution } from '../platform-sim/institutions.ts';
import { type Platform, startPlatform } from '../platform-sim/platform.ts';
import type { OtherSides } from '../platform-sim/services/index.ts';
import { openKeys } from '../platform-sim/stores.ts';
import { addTrust, listTrust } from '../platform-sim/trust.ts';
import type { RevocationReason } from '../platform-sim/x509.ts';
import { type Config, readConfig } from '../src/config.ts';
import type { Key, Screen } from '../src/domain/screen.ts';
import type { PressResult, ScreenSource } from '../src/screen/screen-source.ts';
import { type RunningTerminal, startTerminal } from '../src/terminal.ts';
import { CardMaker, type TestCard } from './cards.ts';
import type { TestInstitution } from './devices/institution-fixture.ts';
import { JournalLines, type Line } from './journal-lines.ts';
import { KINDS, LIST, type TerminalKind } from './terminal-kinds.ts';

export { LIST };

/** Events that end a tap for the person who holds the card. */
export const ANSWERS: ReadonlySet<string> = new Set([
  'entry.granted',
  'entry.refused',
  'receipt.claimed',
  'age.checked',
  'service.refused',
  'service.cancelled',
  'card.unreadable',
  'card.ignored',
]);

export interface Ticket {
  readonly card: TestCard;
  readonly ticket: string;
  readonly seat: string;
  readonly holder?: string;
  readonly party?: string;
}

export interface Paper {
  /** False when paper or power went in the middle of it. */
  readonly complete: boolean;
  readonly text: readonly string[];
}

/** What a story says before its terminal starts. */
export interface Given {
  /** Default: running. */
  readonly platform?: 'running' | 'stopped';
  /** Published, with the trust in their authority, before the terminal starts; without it, nothing is. */
  readonly tickets?: (cards: CardMaker) => Promise<Readonly<Record<string, Ticket>>>;
  readonly settings?: ListSettings;
  /** The authority of the cards is, too, without tickets: a terminal that starts without it says so only after a second. */
  readonly trusted?: true;
  /** Published before the terminal starts, for the same reason. */
  readonly institution?: TestInstitution;
  /** Default: a gate. */
  readonly kind?: TerminalKind;
  /** Further lines of the terminal's configuration. */
  readonly configured?: string;
  /** In the place of the tables that a terminal of this kind has: other devices than simulated ones. */
  readonly tables?: string;
  /** Who answers what services ask; default: the platform's own. */
  readonly otherSides?: OtherSides;
  readonly pages?: string;
}

const SCREEN_WAIT_MS = 20_000;
let maker: Promise<CardMaker> | null = null;

export async function withTerminal(
  given: Given,
  story: (world: World) => Promise<void>,
): Promise<void> {
  maker ??= CardMaker.create();
  const cards = await maker;
  const world = await World.create(cards, (await given.tickets?.(cards)) ?? {}, given);
  world.pages = given.pages;
  try {
    if (given.tickets !== undefined || given.trusted) await world.publishTrust();
    if (given.tickets !== undefined) {
      await world.publish(Object.values(world.tickets), given.settings);
    }
    if (given.institution !== undefined) await world.addInstitution(given.institution);
    if (given.platform === 'stopped') await world.stopPlatform();
    await world.start();
    await story(world);
  } finally {
    await world.end();
  }
}

/** One ticket. */
export async function hanako(cards: CardMaker): Promise<Record<'hanako', Ticket>> {
  const card = await cards.card();
  return { hanako: { card, ticket: '0042-7781', seat: 'B 12列 34番', holder: '佐藤花子' } };
}

/** A gate that serves, with one ticket for Hanako. */
export function atTheGate(story: (world: World, ticket: Ticket) => Promise<void>): Promise<void> {
  return withTerminal({ tickets: hanako }, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    await story(world, world.ticket('hanako'));
  });
}

/** Its functions can be taken apart: `({ tap, journal }) => ...`. */
export class World {
  readonly directory: string;
  readonly cards: CardMaker;
  readonly tickets: Readonly<Record<string, Ticket>>;
  readonly config: Config;
  readonly journal = new JournalLines();
  pages: string | undefined;
  /** Every screen that was shown, oldest first, through restarts. */
  readonly screens: Screen[] = [];
  readonly #looking = new Set<() => void>();
  #platform: Platform | null;
  #terminal: RunningTerminal | null = null;
  #otherSides: { readonly otherSides?: OtherSides } = {};

  private constructor(
    directory: string,
    cards: CardMaker,
    tickets: Readonly<Record<string, Ticket>>,
    platform: Platform,
    config: Config,
  ) {
    this.directory = directory;
    this.cards = cards;
    this.tickets = tickets;
    this.#platform = platform;
    this.config = config;
  }

  static async create(
    cards: CardMaker,
    tickets: Readonly<Record<string, Ticket>>,
    given: Given,
  ): Promise<World> {
    const directory = await mkdtemp(join(tmpdir(), 'kazasu-story-'));
    const stateDirectory = join(directory, 'platform');
    const { otherSides } = given;
    const others = otherSides === undefined ? {} : { otherSides };
    const platform = await startPlatform({ stateDirectory, port: 0, ...others });
    const config = await configure(directory, platform.url, given);
    const world = new World(directory, cards, tickets, platform, config);
    world.#otherSides = others;
    return world;
  }

  get platform(): Platform {
    if (this.#platform === null) throw new Error('the platform does not run');
    return this.#platform;
  }

  ticket = (name: string): Ticket => {
    const found = this.tickets[name];
    if (found === undefined) throw new Error(`no ticket was given to ${name}`);
    return found;
  };

  keys = () => openKeys(join(this.directory, 'platform'));

  /** Publishes the next version of the list. */
  publish = async (tickets: readonly Ticket[], settings: ListSettings = {}): Promise<void> => {
    const rows = tickets.map(({ card, ticket, seat, holder = '', party = '' }) => ({
      certificate: card.der,
      fingerprint: createHash('sha256').update(card.der).digest('hex'),
      ticket,
      seat,
      holder,
      party,
    }));
    const { registry } = this.platform.stores;
    const said = { title: '春の音楽祭', ...settings };
    await importEntryList(registry, await this.keys(), LIST, rows, said, Date.now());
  };

  /** Publishes the authority and its newest CRL. */
  publishTrust = async (
    revoked: readonly TestCard[] = [],
    reason: RevocationReason = 'superseded',
    times: Pick<CrlOptions, 'thisUpdate' | 'nextUpdate'> = {},
  ): Promise<void> => {
    const { authority } = this.cards;
    const entries = revoked.map(({ serial }) => ({ serial, reason, at: new Date() }));
    const number = BigInt(Date.now());
    const ca = join(this.directory, 'ca.der');
    const crl = join(this.directory, 'crl.der');
    await writeFile(ca, authority.caCertificate);
    await writeFile(crl, authority.crl({ revoked: entries, number, ...times }));
    const { registry } = this.platform.stores;
    await addTrust(registry, await this.keys(), { ca: [ca], crl: [crl] }, Date.now());
  };

  /** The same, until the terminal judges by it: what it had from before may be activated in between. */
  activateTrust = async (...trust: Parameters<World['publishTrust']>): Promise<void> => {
    await this.publishTrust(...trust);
    const { version } = listTrust(this.platform.stores.registry);
    await this.journal.next({ event: 'trust.activated', version });
  };

  /** Gives terminals the key of an institution. */
  addInstitution = async ({ keys, certificate, signature }: TestInstitution): Promise<void> => {
    const files = {
      key: join(this.directory, 'institution.pem'),
      certificate: join(this.directory, 'institution.cvc'),
    };
    await writeFile(files.key, keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(files.certificate, Buffer.concat([certificate, signature]));
    const { registry } = this.platform.stores;
    await addInstitution(registry, await this.keys(), files, Date.now());
  };

  revokeInstitution = async ({ id }: TestInstitution): Promise<void> => {
    const { registry } = this.platform.stores;
    await revokeInstitution(registry, await this.keys(), id.toString('hex'), Date.now());
  };

  /** Says when the holders of these cards were born. */
  register = async (born: readonly (readonly [card: TestCard, date: string])[]): Promise<void> => {
    const rows = born.map(async ([{ der }, date], at) => {
      await writeFile(join(this.directory, `holder-${at}.der`), der);
      return `holder-${at}.der,${date}`;
    });
    const csv = join(this.directory, 'register.csv');
    await writeFile(csv, ['certificate,born', ...(await Promise.all(rows)), ''].join('\n'));
    this.platform.stores.register.take(csv);
  };

  hold = async (card: CardDefinition): Promise<void> => {
    await this.#ask('card', { do: 'hold', card });
  };

  /** A card whose fault took it away is gone already. */
  remove = async (): Promise<void> => {
    await this.#ask('card', { do: 'remove' }).catch(() => {});
  };

  /** Holds the card until the answer has come, takes it away, and hands back the journal's line. */
  tap = async (card: CardDefinition): Promise<Line> => {
    const after = this.journal.all.length;
    await this.hold(card);
    const answer = await this.journal.first((line) => ANSWERS.has(line.event), after);
    await this.remove();
    return answer;
  };

  reader = async (what: 'plug' | 'unplug'): Promise<void> => {
    await this.#ask('card', { do: what });
  };

  /** A fault of the printer model, now or after so many lines; `none` mends it. */
  printer = async (fault: string, afterLines?: number): Promise<void> => {
    await this.#ask('printer', { do: 'fault', fault, afterLines });
  };

  /** Tells the simulated release line something, and hands back its reply. */
  releaseLine = (request: { readonly do: string; readonly as?: string }): Promise<ControlReply> =>
    this.#ask('release', request);

  /** Tells the simulated payment unit something, and hands back its reply. */
  payment = (request: {
    readonly do: string;
    readonly [field: string]: unknown;
  }): Promise<ControlReply> => this.#ask('payment', request);

  papers = async (): Promise<readonly Paper[]> => {
    const reply = await this.#ask('printer', { do: 'papers', since: 0 });
    return reply['papers'] as readonly Paper[];
  };

  /** The present screen, once it says all that; rejects with what was shown when none does in time. */
  screen = (wanted: Partial<Screen>, limitMs = SCREEN_WAIT_MS): Promise<Screen> => {
    const { promise, resolve, reject } = Promise.withResolvers<Screen>();
    const look = (): void => {
      const screen = this.#terminal?.screen.current;
      if (screen !== undefined && says(screen, wanted)) resolve(screen);
    };
    const timer = setTimeout(() => {
      const shown = this.screens.map((screen) => JSON.stringify(screen)).join('\n');
      reject(new Error(`no screen ${JSON.stringify(wanted)}; shown:\n${shown}`));
    }, limitMs);
    this.#looking.add(look);
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      this.#looking.delete(look);
    });
  };

  /** What a browser would show. */
  get source(): ScreenSource {
    if (this.#terminal === null) throw new Error('the terminal does not run');
    return this.#terminal.screen;
  }

  /** On the present screen. */
  press = (key: Key): PressResult => this.source.press(this.source.current.number, key);

  startPlatform = async (): Promise<void> => {
    const port = Number(new URL(this.config.platform.url).port);
    this.#platform = await startPlatform({
      stateDirectory: join(this.directory, 'platform'),
      port,
      ...this.#otherSides,
    });
  };

  stopPlatform = async (): Promise<void> => {
    await this.#platform?.close();
    this.#platform = null;
  };

  start = async (): Promise<void> => {
    const before = this.journal.all.length;
    const onDefect = (error: unknown): never => {
      throw error;
    };
    this.#terminal = await startTerminal(this.config, {
      out: this.journal.out,
      onDefect,
      onRestart: () => this.journal.push('{"event":"world.asked-to-restart"}\n'),
      pages: this.pages,
    });
    const keep = (screen: Screen): void => {
      this.screens.push(screen);
      for (const look of [...this.#looking]) look();
    };
    keep(this.#terminal.screen.current);
    this.#terminal.screen.watch(keep);
    await this.journal.next({ event: 'terminal.ready' }, before);
  };

  stop = async (): Promise<void> => {
    await this.#terminal?.stop('test');
    this.#terminal = null;
  };

  async end(): Promise<void> {
    await this.stop();
    await this.stopPlatform();
    await rm(this.directory, { recursive: true, force: true });
  }

  #ask(
    device: 'card' | 'printer' | 'release' | 'payment',
    request: { readonly do: string; readonly [field: string]: unknown },
  ): Promise<ControlReply> {
    return askControlSocket(join(this.config.state, `sim-${device}.sock`), request);
  }
}

async function configure(directory: string, url: string, given: Given): Promise<Config> {
  const { kind = 'gate', configured = '', tables = KINDS[kind].tables } = given;
  const { name } = KINDS[kind];
  const file = join(directory, `${name}.toml`);
  const text = `profile = "${kind}"
name = "${name}"
state = ${JSON.stringify(join(directory, name))}
[platform]
url = "${url}"
[card]
driver = "simulated"
${tables}${configured}`;
  await writeFile(file, text);
  return readConfig(file);
}

function says(screen: Screen, wanted: Partial<Screen>): boolean {
  return Object.entries(wanted).every(
    ([field, value]) => JSON.stringify(screen[field as keyof Screen]) === JSON.stringify(value),
  );
}
