/** The municipality's page in this process: a register, facts as terminals tell them, clerks, and a desk for alerts that keeps notes. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outlinesOf } from '../../platform-sim/alerts/plan.ts';
import { Contacts } from '../../platform-sim/contacts.ts';
import { type Evacuee, SHIOMI_CODE, type Shelter } from '../../platform-sim/evacuation/evacuee.ts';
import { type RegisterEntry, ResidentStore } from '../../platform-sim/evacuation/residents.ts';
import {
  SHIOMI_DISTRICTS,
  SHIOMI_PLAN,
  SHIOMI_SHELTERS,
} from '../../platform-sim/evacuation/shiomi.ts';
import { FactStore } from '../../platform-sim/facts.ts';
import { AccessLog } from '../../platform-sim/town/access-log.ts';
import type { Cost } from '../../platform-sim/town/clerks.ts';
import { Clerks } from '../../platform-sim/town/clerks.ts';
import type { AlertShown } from '../../platform-sim/town/messages.ts';
import type { AlertDraft } from '../../platform-sim/town/requests.ts';
import { openTownServer, type TownServer } from '../../platform-sim/town/server.ts';
import { Town } from '../../platform-sim/town/town.ts';
import { AlertDeskError, type TownAlertDesk } from '../../platform-sim/town/town-alert-desk.ts';
import type { TownEvent } from '../../platform-sim/town/town-facts.ts';
import { Teller } from './teller.ts';

/** SHA-256 of what was read. */
export const DOCUMENT = 'd'.repeat(64);
export const PASSWORD = 'a password for tests';
/** No password here is worth what it costs to guess it. */
const CHEAP: Cost = { N: 16, r: 8, p: 1, maxmem: 1_048_576 };
const BUILT = join(import.meta.dirname, '../../build/kiosk-ui');

/** Two people, as the real desk wants them. */
export class NotedDesk implements TownAlertDesk {
  alerts: AlertShown[] = [];
  readonly #now: () => number;
  #changes = 0;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  list(): readonly AlertShown[] {
    return this.alerts;
  }

  async propose(draft: AlertDraft, by: string): Promise<void> {
    const { level, drill, districts } = draft;
    this.#changes += 1;
    this.alerts.unshift({
      ...{ id: `alert-${this.#changes}`, alert: `alert-${this.#changes}`, is: 'alert' },
      ...{ level, drill, districts, state: 'proposed', at: this.#now(), document: DOCUMENT },
      expiresAt: this.#now() + draft.hours * 3_600_000,
      what: '汐見川が、あふれそうです。',
      proposedBy: by,
    });
  }

  async consent(id: string, document: string, by: string): Promise<void> {
    const alert = this.#get(id);
    if (document !== alert.document) throw new AlertDeskError('内容が変わっています。');
    if (alert.proposedBy === by) throw new AlertDeskError('同じ職員は、同意できません。');
    this.#set({ ...alert, state: 'active' });
  }

  async withdraw(id: string): Promise<void> {
    this.alerts = this.alerts.filter((alert) => alert.id !== this.#get(id).id);
  }

  async end(alert: string): Promise<void> {
    this.#set({ ...this.#get(alert), state: 'over' });
  }

  #get(id: string): AlertShown {
    const alert = this.alerts.find((one) => one.id === id);
    if (alert === undefined) throw new AlertDeskError('その避難情報はありません。');
    return alert;
  }

  #set(alert: AlertShown): void {
    this.alerts = this.alerts.map((one) => (one.id === alert.id ? alert : one));
  }
}

export interface TownRigOptions {
  readonly entries?: readonly RegisterEntry[];
  readonly shelters?: readonly Shelter[];
  readonly now?: () => number;
  readonly idle?: { readonly ms: number; readonly warnMs: number };
  /** Default: the pages as they were built. */
  readonly files?: string;
}

export class TownRig {
  readonly directory: string;
  readonly residents: ResidentStore;
  readonly facts: FactStore;
  readonly contacts: Contacts;
  readonly clerks: Clerks;
  readonly log: AccessLog;
  readonly desk: NotedDesk;
  readonly town: Town;
  readonly #options: TownRigOptions;
  readonly #tellers = new Map<string, Teller>();
  #server: TownServer | null = null;

  private constructor(directory: string, options: TownRigOptions) {
    const { entries = [], shelters = SHIOMI_SHELTERS, now = Date.now } = options;
    this.directory = directory;
    this.#options = options;
    this.desk = new NotedDesk(now);
    this.residents = new ResidentStore(directory);
    this.residents.claim(SHIOMI_CODE);
    this.residents.replace(entries);
    this.facts = new FactStore(directory);
    this.contacts = new Contacts(directory);
    this.clerks = new Clerks(this.residents.db, CHEAP);
    this.log = new AccessLog(this.residents.db);
    this.town = new Town({
      municipality: { code: SHIOMI_CODE, name: '汐見市' },
      districts: SHIOMI_DISTRICTS,
      ...{ shelters, now, residents: this.residents, contacts: this.contacts },
      ...{ feed: this.facts, desk: this.desk },
    });
  }

  /** With the clerks 大西 and 佐野, operators, and 見習, who only looks. */
  static async open(options: TownRigOptions = {}): Promise<TownRig> {
    const rig = new TownRig(await mkdtemp(join(tmpdir(), 'kazasu-town-')), options);
    await rig.clerks.put({ name: '大西', role: 'operator' }, PASSWORD);
    await rig.clerks.put({ name: '佐野', role: 'operator' }, PASSWORD);
    await rig.clerks.put({ name: '見習', role: 'viewer' }, PASSWORD);
    return rig;
  }

  /** Signs everybody out. */
  async stopServing(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  async serve(port = 0): Promise<TownServer> {
    const { files = BUILT, idle, now = Date.now } = this.#options;
    this.#server = await openTownServer({
      ...{ town: this.town, clerks: this.clerks, log: this.log, files, now, port },
      map: outlinesOf(SHIOMI_PLAN),
      ...(idle && { idle }),
    });
    return this.#server;
  }

  /** Of somebody by their name. */
  resident(name: string): Evacuee {
    for (const resident of this.residents.all()) if (resident.name === name) return resident;
    throw new Error(`nobody is called ${name}`);
  }

  /** A terminal tells a fact, and it is stored. */
  tell(terminal: string, event: TownEvent, body: object, at = Date.now()): void {
    const teller = this.#tellers.get(terminal) ?? new Teller(terminal);
    this.#tellers.set(terminal, teller);
    teller.tell(this.facts, event, body, at);
  }

  async close(): Promise<void> {
    await this.stopServing();
    this.facts.close();
    this.contacts.close();
    this.residents.close();
    await rm(this.directory, { recursive: true });
  }
}
