/** A television without its devices: real ledger and key files in a folder of their own, alerts and the platform played by tests. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createActor, fromCallback, fromPromise, SimulatedClock } from 'xstate';
import type { ActiveAlert, Alerts } from '../../src/domain/alert.ts';
import type { NewFact } from '../../src/domain/fact.ts';
import type { Key, Screen } from '../../src/domain/screen.ts';
import type { SensedTap } from '../../src/domain/tap.ts';
import { Journal } from '../../src/journal.ts';
import { FileKeyStore } from '../../src/keys/file-key-store.ts';
import { Seal } from '../../src/keys/seal.ts';
import { STANDING_QUESTION } from '../../src/link/evacuation-protocol.ts';
import type { Ask } from '../../src/link/questions.ts';
import { Recorder } from '../../src/recorder.ts';
import { ScreenHub } from '../../src/screen/screen-hub.ts';
import { evacuationAlert } from '../../src/services/evacuation-alert.ts';
import type { Service, TerminalParts } from '../../src/services/service.ts';
import { Ledger } from '../../src/store/ledger.ts';
import { Links } from '../../src/television/links.ts';
import { errandLogic } from '../../src/terminal-machine.ts';
import { terminalMachine } from '../../state-machines/terminal.ts';

export const ALERT: ActiveAlert = {
  id: '990029-1',
  municipality: { code: '990029', name: '汐見市' },
  sentAt: '2026-11-25T07:40:00.000Z',
  expiresAt: '2026-11-26T07:40:00.000Z',
  level: 4,
  drill: false,
  districts: ['kawara'],
  what: {
    ja: '汐見川が、あふれそうです。',
    'ja-simple': '汐見川《しおみがわ》の 水《みず》が、あふれそうです。',
    en: 'The Shiomi River is about to flood.',
  },
  shelters: [
    {
      id: 'shiomi-elementary',
      name: {
        ja: '汐見小学校',
        'ja-simple': '汐見小学校《しおみしょうがっこう》',
        en: 'Shiomi Elementary School',
      },
      way: { ja: '', 'ja-simple': '', en: '' },
      minutes: 8,
    },
  ],
  map: [],
  state: 'active',
  update: 0,
  timeUnknown: false,
};

export const HATSU = { ref: 'a'.repeat(32), name: '森川 ハツ', kana: 'もりかわ はつ' };
export const TARO = { ref: 'b'.repeat(32), name: '森川 太郎', kana: 'もりかわ たろう' };

/** As the terminal's own, told what counts by a test. */
export class FakeAlerts implements Alerts {
  #now: readonly ActiveAlert[] = [];
  readonly #listeners = new Set<() => void>();

  now(): readonly ActiveAlert[] {
    return this.#now;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  set(...alerts: ActiveAlert[]): void {
    this.#now = alerts;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Nothing that this television knows. */
const STRANGER = { identify: async () => ({ certificate: Buffer.from('a stranger') }) };

/** Resolves when everything that was begun in this turn is through, key files included. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class TelevisionRig {
  readonly directory = mkdtempSync(join(tmpdir(), 'kazasu-television-'));
  readonly alerts = new FakeAlerts();
  readonly clock = new SimulatedClock();
  readonly asked: string[] = [];
  /** What the platform says to each question; null: it is silent. */
  answer: ((body: { readonly refs: readonly string[] }) => object) | null = null;
  woken = 0;
  /** With one, and what else linking needs, until it asks for a card. */
  hasReader = false;
  readonly notes: string[] = [];
  #card: SensedTap | null = null;
  readonly #watchers = new Set<() => void>();
  #poke: () => void = () => {};
  ledger!: Ledger;
  service!: Service;
  hub!: ScreenHub;
  #stop: () => Promise<void> = async () => {};

  static async open(people: readonly (typeof HATSU)[] = []): Promise<TelevisionRig> {
    const rig = new TelevisionRig();
    onTestFinished(async () => {
      await rig.#stop();
      rmSync(rig.directory, { recursive: true, force: true });
    });
    await rig.start(people);
    return rig;
  }

  /** Again on the same folder: as after a power cut. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.start();
  }

  async start(people: readonly (typeof HATSU)[] = []): Promise<void> {
    let ticks = 0;
    this.ledger = Ledger.open({
      directory: this.directory,
      terminal: 'tv-1',
      countsAsBoot: true,
      read: () => {
        ticks += 1;
        const at = new Date(Date.parse(ALERT.sentAt) + ticks * 1_000).toISOString();
        return { at, clock: 'synced', mono: ticks };
      },
    });
    const journal = new Journal(this.directory, null);
    const recorder = new Recorder(this.ledger, journal, () => Date.parse(ALERT.sentAt));
    const keyStore = new FileKeyStore(join(this.directory, 'keys'), {
      seal: new Seal(Buffer.alloc(32, 7)),
    });
    if (people.length > 0) {
      const links = new Links({ recorder, keyStore });
      for (const person of people) {
        await links.add(person, Buffer.from(person.name), 'possession');
      }
    }
    const parts = this.#parts(recorder, keyStore);
    this.service = evacuationAlert(parts, { municipality: '汐見市', pin: 'never' });
    const { programme } = this.service;
    if (programme === undefined) throw new Error('a television without a programme');
    const actor = createActor(
      terminalMachine.provide({
        actors: {
          recover: fromPromise(async () => {}),
          watchConditions: fromCallback(({ sendBack }) =>
            sendBack({ type: 'conditions.changed', obstacles: ['reader-lost'] }),
          ),
          awaitCard: fromCallback(() => {}),
          errand: errandLogic([programme]),
        },
      }),
      {
        id: 'terminal',
        clock: this.clock,
        input: { hasStaff: false, hasErrands: false, hasProgramme: true, sound: 'normal' },
      },
    );
    this.hub = new ScreenHub({
      actor,
      service: this.service,
      staff: null,
      isOffline: () => false,
      speaks: true,
      look: { profile: 'tv', reader: 'right' },
      remote: null,
      ways: () => ({ information: null, otherGate: null }),
    });
    actor.start();
    this.#stop = async () => {
      actor.stop();
      this.service.stop?.();
      this.ledger.close();
      await journal.close();
    };
    await this.look();
  }

  get screen(): Screen {
    return this.hub.current;
  }

  /** The bodies of the facts of that name, oldest first. */
  facts(event: NewFact['event']): object[] {
    return [...this.ledger.facts(0)].filter((fact) => fact.event === event).map(({ body }) => body);
  }

  async raise(...alerts: ActiveAlert[]): Promise<void> {
    this.alerts.set(...alerts);
    await this.look();
  }

  /** As the terminal does every second, for what no machine says. */
  async look(): Promise<void> {
    await settled();
    this.hub.refresh();
    await settled();
  }

  async press(key: Key): Promise<string> {
    const result = this.hub.press(this.screen.number, key);
    await settled();
    return result;
  }

  choose(choice: string): Promise<string> {
    return this.press({ key: 'choose', choice });
  }

  async wait(ms: number): Promise<void> {
    this.clock.increment(ms);
    await settled();
  }

  /** A card of somebody whom it does not call is put onto the remote control, or (null) taken away. */
  async rest(tap: number | null): Promise<void> {
    this.#card = tap === null ? null : { tap, sensedAt: 0 };
    for (const watcher of [...this.#watchers]) watcher();
    await settled();
  }

  poke(): void {
    this.#poke();
  }

  #parts(recorder: Recorder, keyStore: FileKeyStore): TerminalParts {
    const ask: Ask = async ({ service, body }) => {
      this.asked.push(service);
      if (this.answer === null) return { asked: 'offline' };
      const question = STANDING_QUESTION.parse(JSON.parse(body));
      return { asked: 'answered', body: JSON.stringify(this.answer(question)) };
    };
    recorder.watch((event) => this.notes.push(event));
    const parts: Partial<TerminalParts> = {
      recorder,
      keyStore,
      alerts: this.alerts,
      ask,
      isOnline: () => true,
      now: () => Date.parse(ALERT.sentAt),
      reader: () => (this.hasReader ? (STRANGER as never) : null),
      institution: () => ({}) as never,
      trust: () => ({ anchors: 1 }) as never,
      watchCard: (listener) => {
        this.#watchers.add(listener);
        return () => void this.#watchers.delete(listener);
      },
      cardInField: () => this.#card,
      wakeScreen: async () => {
        this.woken += 1;
        return 'told';
      },
      watchStanding: (listener) => {
        this.#poke = listener;
        return () => {};
      },
    };
    return parts as TerminalParts;
  }
}
