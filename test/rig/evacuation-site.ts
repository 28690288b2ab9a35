/**
 * A town that is called away, as its parts stand in the field: platform, the municipality's page, shelters and a television,
 * each a process of its own; one real pcscd with two virtual readers; and a box between every terminal and the platform that does
 * to the network what it is told.
 *
 *   await withEvacuation({ cards: 6 }, async (site) => { await site.startShelter(); ... })
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type CardDefinition, SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';
import { askControlSocket } from '../../devices/sim-control.ts';
import { SHIOMI_CODE } from '../../platform-sim/evacuation/evacuee.ts';
import { publishEvacuees } from '../../platform-sim/evacuation/evacuee-list.ts';
import { inventResidents } from '../../platform-sim/evacuation/invented-residents.ts';
import { municipalityKey } from '../../platform-sim/evacuation/municipality-keys.ts';
import type { RegisterEntry } from '../../platform-sim/evacuation/residents.ts';
import { SHIOMI_DISTRICTS } from '../../platform-sim/evacuation/shiomi.ts';
import { FactStore } from '../../platform-sim/facts.ts';
import { addInstitution } from '../../platform-sim/institutions.ts';
import { type Pcscd, startPcscd, VPCD_READERS } from '../../platform-sim/pcscd.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { offlineFolder, openKeys, openStores, type Stores } from '../../platform-sim/stores.ts';
import { Clerks } from '../../platform-sim/town/clerks.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import { CardMaker } from '../cards.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';
import type { Line } from '../journal-lines.ts';
import { launcher, Program } from './program.ts';

const KAZASU = launcher('kazasu');
const PLATFORM = launcher('kazasu-platform');
const BOX = join(import.meta.dirname, '../storm/fault-proxy-process.ts');
const LIST = `evacuees-${SHIOMI_CODE}`;

export const SHELTER = 'shiomi-elementary';
/** Two operators: an alert needs both. */
export const CLERKS = ['大西', '佐野'] as const;
export const CLERKS_PASSWORD = 'a password for tests';

/** Which reader of the one pcscd. */
const SLOTS = { shelter: 0, television: 1 } as const;
export type Slot = keyof typeof SLOTS;

/** pcscd looks every 400 ms; a card that comes back sooner may not have been away. */
const SEEN_GONE_MS = 600;

const TRY_MS = 10_000;
const TRIES = 10;

/** What the box in the middle does; what is left out stays. */
export interface BoxFaults {
  /** Nobody comes through, and who is there is thrown out. */
  readonly gone?: boolean;
  /** ms each way. */
  readonly delayMs?: number;
  /** After so many bytes upwards everything is reset; null: never. */
  readonly resetAfter?: number | null;
}

/** Somebody with a card in the hand. */
export interface Resident extends RegisterEntry {
  readonly card: CardDefinition;
}

export interface EvacuationOptions {
  /** How many residents have a card that can be held; all of them live in 川原町. */
  readonly cards: number;
  /** How many more stand in the register and on the list. Default: none. */
  readonly others?: number;
}

/** Tells the story with platform and page running and no terminal yet, and leaves nothing behind, however it ends. */
export async function withEvacuation<Result>(
  options: EvacuationOptions,
  story: (site: EvacuationSite) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-evacuation-'));
  const site = new EvacuationSite(directory);
  try {
    await site.open(options);
    return await story(site);
  } finally {
    await site.close();
    await rm(directory, { recursive: true, force: true });
  }
}

export class EvacuationSite {
  readonly directory: string;
  readonly platformState: string;
  residents: readonly Resident[] = [];
  /** The one that was started last, of each name. */
  readonly terminals = new Map<string, Program>();
  readonly #programs: Program[] = [];
  readonly #held = new Map<Slot, HeldCard>();
  readonly #goneAt = new Map<Slot, number>();
  #pcscd: Pcscd | null = null;
  #platform: Program | null = null;
  #page: Program | null = null;
  #municipalityKey = '';
  #port = 0;
  #boxPort = 0;
  /** Of the municipality's page. */
  origin = '';

  constructor(directory: string) {
    this.directory = directory;
    this.platformState = join(directory, 'platform');
  }

  async open({ cards, others = 0 }: EvacuationOptions): Promise<void> {
    this.#pcscd = await startPcscd({ directory: join(this.directory, 'pcscd') });
    await this.#found(cards, others);
    await this.startPlatform();
    const box = this.#start([BOX, this.#boxSocket, '127.0.0.1', '0', '127.0.0.1', `${this.#port}`]);
    this.#boxPort = Number((await box.next({ event: 'proxy.ready' }))['port']);
    await this.startPage();
  }

  /** The program that serves the municipality's page. */
  get page(): Program {
    if (this.#page === null) throw new Error('there is no page yet');
    return this.#page;
  }

  async startPage(): Promise<void> {
    this.#page = this.#start([PLATFORM, 'town', '--state', this.platformState, '--port', '0']);
    this.origin = String((await this.#page.next({ event: 'town.ready' }))['url']);
  }

  get platform(): Program {
    if (this.#platform === null) throw new Error('there is no platform yet');
    return this.#platform;
  }

  /** Where clients of PC/SC find the readers. */
  get pcscd(): Pcscd {
    if (this.#pcscd === null) throw new Error('there is no pcscd yet');
    return this.#pcscd;
  }

  /** On the port that it had before, once it had one. */
  async startPlatform(): Promise<void> {
    const args = ['serve', '--state', this.platformState, '--port', String(this.#port)];
    this.#platform = this.#start([PLATFORM, ...args]);
    this.#port = Number((await this.#platform.next({ event: 'platform.ready' }))['port']);
  }

  /** Resolves when it takes people in; with the list, once it has had it. `place`: which of the town's shelters. */
  async startShelter(name = 'shelter', place = SHELTER): Promise<Program> {
    const shelter = await this.#startTerminal(
      name,
      'shelter',
      `[services.evacuation-shelter]
shelter = "${place}"
name = "汐見小学校 避難所"
capacity = 420
list = "${LIST}"
municipality-key = ${JSON.stringify(this.#municipalityKey)}
`,
    );
    await shelter.next({ event: 'terminal.in-service' });
    await shelter.next({ event: 'device.ready', device: 'reader' });
    return shelter;
  }

  /** Resolves with where its screen is served. */
  async startTelevision(): Promise<string> {
    const television = await this.#startTerminal(
      'television',
      'stb',
      `[place]
municipality = "${SHIOMI_CODE}"
district = "kawara"
[remote]
driver = "simulated"
[screen]
port = 0
voice = "none"
[services.evacuation-alert]
municipality = "汐見市"
`,
    );
    await television.next({ event: 'device.ready', device: 'remote' });
    const { name } = await television.next({ event: 'device.ready', device: 'screen' });
    return String(name);
  }

  /** A button of the remote control in the hand. */
  async button(button: string): Promise<void> {
    const socket = join(this.stateOf('television'), 'sim-remote.sock');
    await askControlSocket(socket, { do: 'press', button });
  }

  terminal(name: string): Program {
    const program = this.terminals.get(name);
    if (program === undefined) throw new Error(`${name} was not started yet`);
    return program;
  }

  stateOf(name: string): string {
    return join(this.directory, name);
  }

  resident(at: number): Resident {
    const resident = this.residents[at];
    if (resident === undefined) throw new Error(`${at} people have no card`);
    return resident;
  }

  async hold(slot: Slot, { card }: Pick<Resident, 'card'>): Promise<void> {
    const goneFor = performance.now() - (this.#goneAt.get(slot) ?? 0);
    if (goneFor < SEEN_GONE_MS) await pause(SEEN_GONE_MS - goneFor);
    const port = this.pcscd.port + SLOTS[slot];
    this.#held.set(slot, await holdOnVpcd(new SimCard(card), { port }));
  }

  async remove(slot: Slot): Promise<void> {
    await this.#held.get(slot)?.remove();
    this.#held.delete(slot);
    this.#goneAt.set(slot, performance.now());
  }

  /** Holds the card until the terminal has said that; as people do, once more when nothing comes of it. It stays there. */
  async holdUntil(slot: Slot, resident: Resident, event: string): Promise<Line> {
    const terminal = this.terminal(slot);
    const before = terminal.lines.all.length;
    for (let left = TRIES - 1; ; left -= 1) {
      await this.hold(slot, resident);
      try {
        return await terminal.next({ event }, before, TRY_MS);
      } catch (error) {
        // On a machine that is busy a card may not be read in the time that people are asked to wait.
        if (left === 0) throw error;
        await this.remove(slot);
      }
    }
  }

  /** Holds the card until the shelter has said that its holder is taken in. */
  async checkIn(resident: Resident): Promise<Line> {
    try {
      return await this.holdUntil('shelter', resident, 'shelter.arrived');
    } finally {
      await this.remove('shelter');
    }
  }

  async network(faults: BoxFaults): Promise<void> {
    await askControlSocket(this.#boxSocket, { do: 'set', ...faults });
  }

  /** What the platform holds of this terminal, in the order of their numbers, as it was told. */
  factsOf(terminal: string): Line[] {
    const store = new FactStore(this.platformState);
    try {
      const all = [...store.since(0)].map(({ json }) => JSON.parse(json) as Line);
      return all.filter((fact) => fact['terminal'] === terminal);
    } finally {
      store.close();
    }
  }

  /** Facts that were told otherwise before, or by somebody else. */
  get quarantined(): number {
    const store = new FactStore(this.platformState);
    try {
      return store.terminals().reduce((sum, each) => sum + each.quarantined, 0);
    } finally {
      store.close();
    }
  }

  async close(): Promise<void> {
    for (const program of this.#programs.reverse()) await program.end();
    for (const slot of this.#held.keys()) await this.remove(slot);
    await this.#pcscd?.stop();
  }

  get #boxSocket(): string {
    return join(this.directory, 'box.sock');
  }

  /** Keys, trust, an institution, clerks, register and list: what is there before the day. */
  async #found(cards: number, others: number): Promise<void> {
    const maker = await CardMaker.create();
    const authority = testAuthority();
    const authorityKey = authority.file.toString('base64');
    const entries = inventResidents({ count: cards + others, districts: SHIOMI_DISTRICTS });
    const residents: Resident[] = [];
    for (const entry of entries.slice(0, cards)) {
      const { card, der } = await maker.card();
      const fingerprint = createHash('sha256').update(der).digest('hex');
      const lives = { district: 'kawara', protected: false };
      residents.push({ ...entry, ...lives, fingerprint, card: { ...card, authorityKey } });
    }
    const cardless = entries.slice(cards).map((entry) => {
      return { ...entry, fingerprint: randomBytes(32).toString('hex') };
    });
    this.residents = residents;
    this.#municipalityKey = (await municipalityKey(this.platformState, SHIOMI_CODE)).certificate;
    const files = await this.#files(maker, authority);
    const stores = openStores(this.platformState);
    try {
      const keys = await openKeys(this.platformState);
      const now = Date.now();
      await addTrust(stores.registry, keys, { ca: [files.ca], crl: [files.crl] }, now);
      await addInstitution(stores.registry, keys, files, now);
      await nameAlertKey(keys, offlineFolder(this.platformState), SHIOMI_CODE, now);
      const clerks = new Clerks(stores.residents.db);
      for (const name of CLERKS) await clerks.put({ name, role: 'operator' }, CLERKS_PASSWORD);
      const bare = residents.map(({ card: _, ...entry }) => entry);
      stores.residents.claim(SHIOMI_CODE);
      stores.residents.replace([...bare, ...cardless]);
      await publishEvacuees(stores.registry, keys, listed(stores), { list: LIST }, now);
    } finally {
      stores.close();
    }
  }

  async #files(maker: CardMaker, authority: ReturnType<typeof testAuthority>) {
    const { keys, certificate, signature } = testInstitution(authority);
    const bytes = {
      ca: maker.authority.caCertificate,
      crl: maker.authority.crl({ revoked: [] }),
      key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      certificate: Buffer.concat([certificate, signature]),
    };
    const pathOf = (name: string) => join(this.directory, name);
    for (const [name, content] of Object.entries(bytes)) await writeFile(pathOf(name), content);
    const [ca, crl] = [pathOf('ca'), pathOf('crl')];
    return { ca, crl, key: pathOf('key'), certificate: pathOf('certificate') };
  }

  /** Whoever has no place at the real readers has a simulated one. */
  async #startTerminal(name: string, profile: string, tables: string): Promise<Program> {
    const config = join(this.directory, `${name}.toml`);
    const slot = Object.entries(SLOTS).find(([holder]) => holder === name)?.[1];
    const reader =
      slot === undefined
        ? 'driver = "simulated"'
        : `driver = "pcsc"\nreader = "${VPCD_READERS[slot]}"`;
    const text = `profile = "${profile}"
name = "${name}"
state = ${JSON.stringify(this.stateOf(name))}
[platform]
url = "ws://127.0.0.1:${this.#boxPort}/terminals"
[card]
${reader}
${tables}`;
    await writeFile(config, text);
    const program = this.#start([KAZASU, 'run', '--config', config], { ...this.pcscd.env });
    this.terminals.set(name, program);
    await program.next({ event: 'terminal.ready' });
    return program;
  }

  #start(args: readonly string[], env: Record<string, string> = {}): Program {
    const program = new Program(args, { env });
    this.#programs.push(program);
    return program;
  }
}

function* listed({ residents }: Stores) {
  for (const { fingerprint, ...resident } of residents.registered()) {
    if (fingerprint !== null) yield { ...resident, fingerprint };
  }
}
