/**
 * A terminal's life with its stores as the daemon uses them: facts with their steps and commands, lists, trust,
 * institutions, certificate and keys, journal, restarts. It is recorded, to be cut off anywhere afterwards.
 *
 * Arguments: the watched folder, a seed, how many rounds.
 */

import { hash, randomUUID } from 'node:crypto';
import { openSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type Config, readConfig } from '../../src/config.ts';
import type { EventName } from '../../src/domain/events.ts';
import type { Fact, FactBody, NewFact } from '../../src/domain/fact.ts';
import type { KeyStore } from '../../src/keys/key-store.ts';
import { openKeyStore } from '../../src/keys/open-key-store.ts';
import { TerminalIdentity } from '../../src/link/identity.ts';
import { InstitutionDownload } from '../../src/link/institution-download.ts';
import { ListDownload } from '../../src/link/list-download.ts';
import { ListKeyRing } from '../../src/link/list-keys.ts';
import { pinPlatform } from '../../src/link/pinned-platform.ts';
import type { Head } from '../../src/link/protocol.ts';
import { RefusedVersions } from '../../src/link/refused-versions.ts';
import { TrustDownload } from '../../src/link/trust-download.ts';
import { certifiedBy } from '../../src/pki/signed-object.ts';
import { openStateFolder, type StateFolder } from '../../src/state-folder.ts';
import type { Step, StepState } from '../../src/store/steps.ts';
import { Dice } from '../chaos/dice.ts';
import { EvacuationLife } from './evacuation-story.ts';
import { configText, type Said, SETTING, STEP_KINDS, STICK, TERMINAL } from './said.ts';
import { StoryPlatform } from './story-platform.ts';

const LIST_KEY = Buffer.alloc(32, 7);
const FACTS_BESIDE = 4;
const EACH_ROUNDS = 13;
const NEXT: Partial<Record<StepState, readonly [StepState, ...StepState[]]>> = {
  due: ['started', 'settled'],
  started: ['done', 'failed', 'unknown'],
  unknown: ['settled', 'due'],
};

const out = openSync(process.env['POWER_CUT_SAID'] ?? '/dev/null', 'a');

/** One write: it is one record, at its place among those of the stores. */
function say(said: Said): void {
  writeSync(out, `${JSON.stringify(said)}\n`);
}

class Life {
  readonly #config: Config;
  readonly #platform: StoryPlatform;
  readonly #dice: Dice;
  #folder: StateFolder;
  #evacuation!: EvacuationLife;
  #keys: KeyStore;
  #trustRoot: string | null = null;
  #institutionRoot: string | null = null;
  #open: Step[] = [];
  #number = 0;
  #version = 0;

  private constructor(
    config: Config,
    platform: StoryPlatform,
    dice: Dice,
    folder: StateFolder,
    keys: KeyStore,
  ) {
    this.#config = config;
    this.#platform = platform;
    this.#dice = dice;
    this.#folder = folder;
    this.#keys = keys;
  }

  static async begin(config: Config, platform: StoryPlatform, dice: Dice): Promise<Life> {
    const folder = openStateFolder(config, null);
    const { store } = await openKeyStore({ state: config.state }, undefined);
    const life = new Life(config, platform, dice, folder, store);
    life.#evacuation = await EvacuationLife.begin({
      ...{ platform, state: config.state, keyStore: store, say, tell },
      keysFolder: platform.keysFolder,
      stick: join(dirname(config.state), STICK),
      folder: () => life.#folder,
    });
    return life;
  }

  async enrol(): Promise<void> {
    const { ledger, clock } = this.#folder;
    const identity = new TerminalIdentity({ terminal: TERMINAL, ledger, keys: this.#keys, clock });
    await identity.request();
    const label = JSON.parse(ledger.get('identity') ?? '{}').pending;
    const key = await this.#keys.signingKey(label);
    if (key === null) throw new Error('it was just made');
    const { keys } = this.#platform;
    const certificate = this.#platform.certify(key.publicKey);
    pinPlatform(ledger, keys.caCertificate);
    const fault = await identity.takeAsOnly(certificate, keys.caCertificate);
    if (fault !== null) throw new Error(fault);
    say({ of: 'identity', certificate: certificate.toString('base64') });
  }

  /** Of everything some, however short the life. */
  async round(number: number): Promise<void> {
    const place = number % EACH_ROUNDS;
    if (place === 0) await this.#beside(this.#list());
    else if (place === 2) await this.#evacuation.alert();
    else if (place === 3) await this.#evacuation.checkIn();
    else if (place === 4) await this.#beside(this.#trust());
    else if (place === 6) await this.#evacuation.link();
    else if (place === 7) await this.#beside(this.#institution());
    else if (place === 9) await this.#evacuation.stick();
    else if (place === 10) await this.#restart();
    else await this.#chance(this.#dice.next());
  }

  async #chance(chance: number): Promise<void> {
    if (chance < 0.06) await this.#beside(this.#list());
    else if (chance < 0.1) await this.#beside(this.#trust());
    else if (chance < 0.2) this.#acknowledge();
    else if (chance < 0.3) this.#set();
    else if (chance < 0.34) await this.#evacuation.alert();
    else if (chance < 0.38) await this.#evacuation.link();
    else if (chance < 0.42) await this.#evacuation.checkIn();
    else if (chance < 0.46) await this.#evacuation.stick();
    else this.#record();
  }

  close(): Promise<void> {
    return this.#folder.close();
  }

  /** People come while something is fetched. */
  async #beside(fetching: Promise<void>): Promise<void> {
    let isFetched = false;
    const fetched = fetching.finally(() => {
      isFetched = true;
    });
    for (let count = 0; !isFetched; ) {
      if (count < FACTS_BESIDE && this.#dice.next() < 0.05) {
        this.#record();
        count += 1;
      }
      await turn();
    }
    await fetched;
  }

  /** One fact, and with it what it tells of: a step that is planned or moves on, or a command. */
  #record(): void {
    this.#number += 1;
    const chance = this.#dice.next();
    const step = this.#open[Math.floor(this.#dice.next() * this.#open.length)];
    if (chance < 0.1) this.#command();
    else if (chance < 0.5 || step === undefined) this.#plan();
    else this.#moveOn(step);
  }

  #plan(): void {
    const { recorder, ledger } = this.#folder;
    const kind = this.#dice.pick(STEP_KINDS);
    const number = ledger.steps.about(kind, 'all').length + 1;
    const planned: Step[] = [];
    const facts = recorder.record([this.#fact({ kind, number, to: 'due' })], {
      steps: (steps) => void planned.push(steps.plan(kind, 'all')),
    });
    this.#open.push(...planned);
    tell(facts);
  }

  #moveOn({ id, kind, number, state }: Step): void {
    const to = this.#dice.pick(NEXT[state] ?? (['settled'] as const));
    const moved: Step[] = [];
    const facts = this.#folder.recorder.record([this.#fact({ kind, number, to })], {
      steps: (steps) => void moved.push(steps.move(id, to)),
    });
    const open = [...this.#open.filter((step) => step.id !== id), ...moved];
    this.#open = open.filter((step) => NEXT[step.state] !== undefined);
    tell(facts);
  }

  #fact(told: FactBody): NewFact {
    const text = 'x'.repeat(Math.floor(this.#dice.next() * 400));
    return { event: 'entry.granted', subject: `story/${this.#number}`, body: { ...told, text } };
  }

  #command(): void {
    const { recorder, ledger } = this.#folder;
    const id = randomUUID();
    const at = Date.now();
    const number = this.#number;
    const [does, issuer] = ['report-health', 'a'.repeat(64)];
    const command = { id, issuer, number, does, role: null, issuedAt: at, expires: at + 60_000 };
    const body = { command: id, number, does };
    const fact = { event: 'command.done', subject: `command/${id}`, body } as const;
    tell(recorder.record([fact], { steps: () => ledger.commands.decide(command, 'done') }));
  }

  #acknowledge(): void {
    const { ledger } = this.#folder;
    const { seq } = ledger.lastFact();
    ledger.acknowledge(seq);
    say({ of: 'acknowledged', seq });
  }

  #set(): void {
    this.#number += 1;
    this.#folder.ledger.set(SETTING, String(this.#number));
    say({ of: 'setting', value: this.#number });
  }

  async #list(): Promise<void> {
    const head = await this.#platform.list(this.#next());
    const { shelf, clock } = this.#folder;
    const download = new ListDownload({
      ...{ terminal: TERMINAL, stateDirectory: this.#config.state, shelf, clock },
      ...this.#sources(),
      listKeys: new ListKeyRing(this.#keys, () => {}),
      refused: new RefusedVersions(),
      origin: 'platform',
    });
    await this.#replaced('list', head, () =>
      download.take({ head, key: { clear: LIST_KEY } }, never, never),
    );
  }

  async #trust(): Promise<void> {
    const head = await this.#platform.trust(this.#next());
    const download = new TrustDownload({
      ...this.#sources(),
      ...{ stateDirectory: this.#config.state, clock: this.#folder.clock },
      inUse: () => ({ trust: this.#trustRoot, institution: this.#institutionRoot }),
      onTrust: ({ store, root }) => {
        this.#trustRoot = root;
        store.close();
      },
    });
    await this.#replaced('trust', head, () => download.take(head, never));
  }

  async #institution(): Promise<void> {
    const offered = await this.#platform.institution(this.#next());
    const download = new InstitutionDownload({
      ...this.#sources(),
      ...{ stateDirectory: this.#config.state, clock: this.#folder.clock, keyStore: this.#keys },
      inUse: () => ({ trust: this.#trustRoot, institution: this.#institutionRoot }),
      onInstitution: ({ root }) => {
        this.#institutionRoot = root;
      },
    });
    await this.#replaced('institution', offered.head, () => download.take(offered, never));
  }

  async #replaced(
    of: 'list' | 'trust' | 'institution',
    { version, at }: Head,
    take: () => Promise<unknown>,
  ): Promise<void> {
    say({ of, is: 'begun', version });
    await take();
    say({ of, is: 'active', version, at: Date.parse(at) });
  }

  #sources() {
    const journal = (event: EventName, fields: Readonly<Record<string, unknown>>) => {
      this.#folder.recorder.note(event, fields);
      if (event.endsWith('.rejected')) throw new Error(`${event}: ${JSON.stringify(fields)}`);
    };
    const { objects: source, keys } = this.#platform;
    return { source, signers: certifiedBy(keys.caCertificate), journal };
  }

  #next(): number {
    this.#version += 1;
    return this.#version;
  }

  async #restart(): Promise<void> {
    await this.#folder.close();
    this.#folder = openStateFolder(this.#config, null);
  }
}

function tell(facts: readonly Fact[]): void {
  for (const fact of facts) {
    say({ of: 'fact', seq: fact.seq, hash: hash('sha256', JSON.stringify(fact)) });
  }
}

const never = new AbortController().signal;
const [folder = '', seed = '1', rounds = '60'] = process.argv.slice(2);
const scratch = dirname(folder);
const file = join(scratch, 'gate.toml');
writeFileSync(file, configText(join(folder, 'state')));
const life = await Life.begin(
  readConfig(file),
  await StoryPlatform.open(scratch),
  new Dice(Number(seed)),
);
await life.enrol();
for (let round = 0; round < Number(rounds); round += 1) await life.round(round);
await life.close();
process.exit(0);
