/**
 * The alerts of a television: which one is shown, for whom, what each of them answered, and what their municipality says of
 * them. Whatever somebody is told here is on the medium before; the order of it all is in state-machines/evacuation-alert.ts.
 */

import type {
  AlertKey,
  AlertLevelNow,
  AlertPressed,
  AlertUrgency,
} from '../../state-machines/evacuation-alert.ts';
import type { ActiveAlert, Worded } from '../domain/alert.ts';
import {
  ALERT_ANSWERS,
  type AlertAnswer,
  ANSWER_UNDO_MS,
  evacueeSubject,
} from '../domain/evacuation.ts';
import type { NewFact } from '../domain/fact.ts';
import { maskedName } from '../domain/masked-name.ts';
import type { ScreenBody } from '../domain/screen.ts';
import {
  type AlertShown,
  answerChoice,
  type PersonShown,
  type PersonStanding,
  personChoice,
  UNDO,
} from '../domain/television-screen.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import { type Answered, answerOf } from './answers.ts';
import type { Links } from './links.ts';
import { Standings } from './standings.ts';
import type { WhereConsents } from './where.ts';

/** 警戒レベル 3 and more are called out; 2 stands in the bar of the first screen. */
const LEAST_LEVEL = 3;
const READ = 'television-read';
const READ_KEPT = 64;
const GUESTS = 'television-guests';

type AlertBody = Extract<ScreenBody, { readonly screen: 'tv-alert' }>;

export type TelevisionAlertsParts = Pick<
  TerminalParts,
  'alerts' | 'recorder' | 'ask' | 'isOnline' | 'wakeScreen' | 'watchStanding'
> & {
  readonly links: Links;
  readonly where: Pick<WhereConsents, 'until' | 'watch'>;
  /** 0 up to 1. */
  readonly random?: () => number;
};

interface Undo {
  readonly ref: string;
  readonly alert: string;
  readonly answered: Answered;
  /** Of the monotonic clock. */
  readonly until: number;
}

/** Another one is another alert, another update of it, or its end. */
function markOf({ id, update, state }: ActiveAlert): string {
  return `${id} ${update} ${state}`;
}

export class TelevisionAlerts {
  readonly #parts: TelevisionAlertsParts;
  readonly #standings: Standings;
  readonly #listeners = new Set<() => void>();
  readonly #unwatch: readonly (() => void)[];
  /** When this terminal heard of each, by the monotonic clock. */
  #heard: ReadonlyMap<string, number> = new Map();
  #answers = new Map<string, Answered | null>();
  #marks = '';
  /** Of the alert that is shown, where several count. */
  #shown: string | null = null;
  #chosen: string | null = null;
  #undo: Undo | null = null;
  #lost = false;
  #read: readonly string[];
  #guests: boolean;

  constructor(parts: TelevisionAlertsParts) {
    this.#parts = parts;
    const { alerts, links, recorder, ask, isOnline, random, watchStanding } = parts;
    const { ledger } = recorder;
    this.#read = ledger.get(READ)?.split('\n') ?? [];
    this.#guests = ledger.get(GUESTS) === 'yes';
    this.#standings = new Standings({
      ask,
      isOnline,
      ...(random === undefined ? {} : { random }),
      refs: () => links.people.map(({ ref }) => ref),
      isTold: () => ledger.waiting() === 0,
      onChange: () => this.#tell(),
      onGone: (ref) => links.end(ref, 'register'),
    });
    const look = () => this.#look();
    this.#unwatch = [
      alerts?.watch(look) ?? (() => {}),
      links.watch(look),
      parts.where.watch(look),
      watchStanding(() => this.#standings.poke()),
    ];
    this.#look();
  }

  stop(): void {
    for (const unwatch of this.#unwatch) unwatch();
    this.#standings.stop();
  }

  /** Calls the listener on every change, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get level(): AlertLevelNow {
    const alert = this.#current;
    return alert === null
      ? { urgency: 'none', shown: '' }
      : { urgency: this.#urgencyOf(alert), shown: markOf(alert) };
  }

  /** An advisory, where nothing worse counts. */
  get advisory(): Worded | null {
    const advisory = this.#parts.alerts
      ?.now()
      .find(({ level, state, drill }) => level < LEAST_LEVEL && state === 'active' && !drill);
    return advisory?.what ?? null;
  }

  /** Whether names are masked, and not spoken. */
  get guests(): boolean {
    return this.#guests;
  }

  /** Durable. Throws `DiskFullError`. */
  turnGuests(): void {
    this.#parts.recorder.ledger.set(GUESTS, this.#guests ? 'no' : 'yes');
    this.#guests = !this.#guests;
    this.#tell();
  }

  /** Whoever is linked, as they are in the alert that is shown, or as was last heard of them. */
  get people(): readonly PersonShown[] {
    const alert = this.#current;
    return this.#parts.links.people.map(({ ref, name, kana }) => ({
      ref,
      name: this.#guests ? maskedName(name) : name,
      kana: this.#guests ? '' : kana,
      standing: this.#standingOf(ref, alert),
      where: this.#guests ? null : this.#whereOf(ref, alert),
    }));
  }

  /** Whom the voice calls now, and to which alert; null: nobody is called. */
  get called(): { readonly alert: ActiveAlert; readonly kana: readonly string[] } | null {
    const alert = this.#current;
    if (alert === null || alert.state === 'over') return null;
    const kana = this.people
      .filter((person) => person.standing === 'unknown' && person.kana !== '')
      .map((person) => person.kana);
    return { alert, kana };
  }

  get body(): AlertBody | null {
    const alert = this.#current;
    if (alert === null) return null;
    const { people } = this;
    const undo = this.#undoOf(alert);
    return {
      screen: 'tv-alert',
      alert: shownOf(alert),
      sample: false,
      people,
      chosen: this.#chosenOf(people),
      undo: undo && { ref: undo.ref, answer: undo.answered.answer },
      lost: this.#lost,
      more: this.#list.length - 1,
    };
  }

  /** To be called before it is shown. A disk that takes no fact keeps nobody from being warned. */
  async draw(): Promise<void> {
    await this.#parts.links.read();
    const alert = this.#current;
    if (alert === null) return;
    void this.#parts.wakeScreen?.();
    this.#lost = false;
    if (alert.state === 'active') this.#recordOnce('alert.shown', alert);
  }

  /** What was pressed. A key that is late, or of nobody who is linked, changes nothing. */
  press(pressed: AlertKey): AlertPressed {
    const alert = this.#current;
    if (alert === null) return 'pressed';
    this.#lost = false;
    if (alert.state === 'active') this.#recordOnce('alert.seen', alert);
    if (pressed.key === 'more') this.#next(alert);
    if (pressed.key === 'enter' && alert.state === 'over') this.#keepRead(alert);
    const result = pressed.key === 'choose' ? this.#choose(alert, pressed.choice) : 'pressed';
    this.#look();
    return result;
  }

  #choose(alert: ActiveAlert, choice: string): AlertPressed {
    if (alert.state === 'over') return 'pressed';
    if (choice === UNDO) this.#takeBack(alert);
    const { people } = this.#parts.links;
    const chosen = people.find(({ ref }) => choice === personChoice(ref));
    if (chosen !== undefined) this.#chosen = chosen.ref;
    for (const { ref } of people) {
      const answer = ALERT_ANSWERS.find((each) => choice === answerChoice(each, ref));
      if (answer !== undefined) return this.#answer(alert, ref, answer);
    }
    return 'pressed';
  }

  #answer({ id: alert }: ActiveAlert, ref: string, answer: AlertAnswer): AlertPressed {
    if (this.#answerOf(alert, ref)?.answer === answer) return 'pressed';
    const fact = {
      event: 'alert.answered',
      subject: evacueeSubject(ref),
      body: { alert, ref, answer },
    } as const;
    if (!this.#record(fact)) return 'pressed';
    this.#answers.clear();
    const answered = this.#answerOf(alert, ref);
    if (answered === null) return 'pressed';
    this.#undo = { ref, alert, answered, until: performance.now() + ANSWER_UNDO_MS };
    // A second press of the same key must not answer for somebody else.
    this.#chosen = ref;
    return 'answered';
  }

  #takeBack(alert: ActiveAlert): void {
    const undo = this.#undoOf(alert);
    if (undo === null) return;
    const { ref, answered } = undo;
    const isKept = this.#record({
      event: 'alert.answer-undone',
      subject: evacueeSubject(ref),
      body: { alert: alert.id, ref, answered: answered.seq },
    });
    if (!isKept) return;
    this.#answers.clear();
    this.#undo = null;
    this.#chosen = ref;
  }

  #undoOf({ id }: ActiveAlert): Undo | null {
    const undo = this.#undo;
    const stands = undo !== null && undo.alert === id && performance.now() < undo.until;
    return stands ? undo : null;
  }

  #chosenOf(people: readonly PersonShown[]): string | null {
    const chosen = people.find(({ ref }) => ref === this.#chosen);
    const waiting = people.find(({ standing }) => standing === 'unknown');
    return (chosen ?? waiting ?? people[0])?.ref ?? null;
  }

  #next(alert: ActiveAlert): void {
    const list = this.#list;
    const at = list.findIndex((each) => markOf(each) === markOf(alert));
    const next = list[(at + 1) % list.length];
    this.#shown = next === undefined ? null : markOf(next);
  }

  #keepRead(alert: ActiveAlert): void {
    const read = [...this.#read, markOf(alert)].slice(-READ_KEPT);
    try {
      this.#parts.recorder.ledger.set(READ, read.join('\n'));
    } catch (error) {
      // It is read all the same, until the next start.
      if (!(error instanceof DiskFullError)) throw error;
    }
    this.#read = read;
  }

  /** The most severe first, as they come; what is over and was read is not there any more. */
  get #list(): readonly ActiveAlert[] {
    const all = (this.#parts.alerts?.now() ?? []).filter(({ level }) => level >= LEAST_LEVEL);
    const over = all.filter((alert) => alert.state === 'over');
    return [
      ...all.filter(({ state }) => state === 'active'),
      ...over.filter((alert) => !this.#read.includes(markOf(alert))),
    ];
  }

  get #current(): ActiveAlert | null {
    const list = this.#list;
    return list.find((alert) => markOf(alert) === this.#shown) ?? list[0] ?? null;
  }

  #urgencyOf({ state }: ActiveAlert): AlertUrgency {
    if (state === 'over') return 'over';
    const { people } = this;
    const waits = people.length === 0 || people.some(({ standing }) => standing === 'unknown');
    return waits ? 'call' : 'quiet';
  }

  /** The later word counts: what was answered here, or what the municipality knows. */
  #standingOf(ref: string, alert: ActiveAlert | null): PersonStanding {
    const heard = this.#standings.of(ref);
    const answered = alert === null ? null : this.#answerOf(alert.id, ref);
    if (answered === null) return heard?.standing ?? 'unknown';
    if (heard === null || heard.at === null || heard.standing === 'unknown') return answered.answer;
    return Date.parse(heard.at) > Date.parse(answered.at) ? heard.standing : answered.answer;
  }

  /** Not for longer than they agreed to, though the platform can't be asked. */
  #whereOf(ref: string, alert: ActiveAlert | null): Worded | null {
    if (this.#parts.where.until(ref) === null) return null;
    const heard = this.#standings.of(ref);
    const isSafe = heard?.standing === 'safe' && this.#standingOf(ref, alert) === 'safe';
    return isSafe ? heard.where : null;
  }

  #answerOf(alert: string, ref: string): Answered | null {
    const key = `${alert} ${ref}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const found = answerOf(this.#parts.recorder.ledger, alert, ref);
    this.#answers.set(key, found);
    return found;
  }

  #recordOnce(event: 'alert.shown' | 'alert.seen', alert: ActiveAlert): void {
    const { id, update, level, drill } = alert;
    const subject = `alert/${id}`;
    const before = this.#parts.recorder.ledger.factsAbout(subject, [event]);
    if (before.some(({ body }) => body['update'] === update)) return;
    const refs = this.#parts.links.people.map(({ ref }) => ref);
    const heard = this.#heard.get(markOf(alert)) ?? performance.now();
    const ms = Math.round(performance.now() - heard);
    const more = event === 'alert.shown' ? { level, drill, refs, ms } : { refs };
    this.#record({ event, subject, body: { alert: id, update, ...more } });
  }

  /** False: the disk takes no fact, and nothing has changed. */
  #record(fact: NewFact): boolean {
    try {
      this.#parts.recorder.record([fact]);
      return true;
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#lost = fact.event !== 'alert.shown' && fact.event !== 'alert.seen';
      return false;
    }
  }

  /** Another alert, or another word of one: the most severe is shown, whichever was looked at. */
  #look(): void {
    const list = this.#list;
    const marks = list.map(markOf).sort().join('\n');
    if (marks !== this.#marks) {
      this.#marks = marks;
      this.#shown = null;
      this.#answers = new Map();
      const now = performance.now();
      this.#heard = new Map(
        list.map(markOf).map((mark) => [mark, this.#heard.get(mark) ?? now] as const),
      );
    }
    this.#standings.follow(list.some(({ state }) => state === 'active'));
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function shownOf(alert: ActiveAlert): AlertShown {
  const { municipality, sentAt, level, drill, what, shelters, map, state, update, timeUnknown } =
    alert;
  return {
    ...{ municipality, sentAt, level, drill, what, shelters, map, state, update, timeUnknown },
  };
}
