/** How a terminal is, folded from its journal: what its lines say one after the other, as levels. */

import type { JsonLine } from './child.ts';
import type { Condition, Health, PlaceShown } from './messages.ts';

const CONDITIONS: readonly Condition[] = [
  'paper-out',
  'cover-open',
  'jam',
  'offline',
  'battery-low',
  'error',
];
/** A reading that took longer was given up for that; those that fail for another reason fail sooner. */
const LATE_MS_MIN = 2_500;
const ANSWERS: readonly unknown[] = [
  'entry.granted',
  'entry.refused',
  'card.unreadable',
  'receipt.claimed',
  'card.ignored',
  'age.checked',
  'service.refused',
  'service.cancelled',
  'certificate.issued',
  'certificate.voided',
  'registration.applied',
  'registration.asked',
  'shelter.arrived',
  'shelter.came-back',
  'television.linked',
  'alert.answered',
];

export type TerminalLevels = Pick<PlaceShown, 'state' | 'reason' | 'health'> & {
  /** Whether a browser shows its screen. */
  readonly hasBrowser: boolean;
  /** Whether its screen is served, and how often it began to be. */
  readonly screen: { readonly isServed: boolean; readonly times: number };
  readonly answer: { readonly number: number; readonly says: string };
  /** How many things were handed out. */
  readonly handedOut: number;
};

/** Nobody holds a device or a link. */
const DEAD = {
  reader: 'lost',
  printer: 'lost',
  release: 'lost',
  page: 'lost',
  payment: 'lost',
  remote: 'lost',
  tv: 'lost',
  network: 'lost',
} as const satisfies Partial<Health>;

const BEFORE: TerminalLevels = {
  state: 'starting',
  reason: null,
  health: {
    ...DEAD,
    clock: 'ok',
    disk: 'ok',
    list: null,
    waiting: 0,
  },
  hasBrowser: false,
  screen: { isServed: false, times: 0 },
  answer: { number: 0, says: '' },
  handedOut: 0,
};

export function isAnswer(line: JsonLine): boolean {
  return ANSWERS.includes(line['event']);
}

/** A good card, on a machine that was busy. */
export function wasNotReadInTime({ event, ms }: JsonLine): boolean {
  return event === 'card.unreadable' && Number((ms as { read?: number })?.read) > LATE_MS_MIN;
}

/** `granted`, what a service found, or the reason, as the journal has it. */
export function decisionOf(answer: JsonLine): string {
  if (answer['event'] === 'entry.granted') return 'granted';
  return String(answer['reason'] ?? answer['result'] ?? answer['event']);
}

type LevelsListener = (now: TerminalLevels, before: TerminalLevels) => void;

export class TerminalHealth {
  readonly #listeners = new Set<LevelsListener>();
  #levels: TerminalLevels = BEFORE;

  get levels(): TerminalLevels {
    return this.#levels;
  }

  /** Calls the listener with every line, until the returned function is called. */
  watch(listener: LevelsListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A new ledger, a new list: nothing of before counts. */
  forget(): void {
    const { answer, screen } = this.#levels;
    this.#levels = {
      ...BEFORE,
      answer: { ...BEFORE.answer, number: answer.number },
      screen: { isServed: false, times: screen.times },
    };
  }

  hear(line: JsonLine): void {
    const before = this.#levels;
    const health: Health = { ...before.health, ...healthAfter(before.health, line) };
    const waiting = waitingAfter(before.health.waiting, line);
    const answer = isAnswer(line)
      ? { number: before.answer.number + 1, says: decisionOf(line) }
      : before.answer;
    const screen = screenAfter(before.screen, line);
    const handsOut = line['event'] === 'release.done' && line['outcome'] === 'released';
    this.#levels = {
      ...before,
      handedOut: before.handedOut + (handsOut ? 1 : 0),
      answer,
      screen,
      ...serviceAfter(line),
      health: { ...health, waiting },
    };
    for (const listener of this.#listeners) listener(this.#levels, before);
  }
}

function serviceAfter(
  line: JsonLine,
): Partial<Pick<TerminalLevels, 'state' | 'reason' | 'hasBrowser'>> {
  switch (line['event']) {
    case 'screen.connected':
      return { hasBrowser: true };
    case 'screen.disconnected':
      return { hasBrowser: false };
    case 'terminal.in-service':
      return { state: 'serving', reason: null };
    case 'terminal.out-of-service':
      return { state: 'closed', reason: String(line['reason']) };
    case 'terminal.ready':
      return typeof line['reason'] === 'string' ? { state: 'closed', reason: line['reason'] } : {};
    case 'street.terminal-ended':
      return { state: 'down', reason: null, hasBrowser: false };
    default:
      return {};
  }
}

function healthAfter(before: Health, line: JsonLine): Partial<Health> {
  const { event } = line;
  switch (event) {
    case 'street.terminal-ended':
      return DEAD;
    case 'device.ready':
      return device(line, 'ok');
    case 'device.lost':
      return device(line, 'lost');
    case 'device.condition':
      return device(line, conditionOf(line['condition']));
    case 'link.up':
      return { network: 'ok', list: before.list && { ...before.list, contact: null } };
    case 'link.down':
      return { network: 'lost', list: before.list && { ...before.list, contact: timeOf(line) } };
    case 'list.activated': {
      const contact = before.network === 'ok' ? null : timeOf(line);
      return { list: { version: Number(line['version']), contact } };
    }
    case 'clock.jumped':
      return { clock: 'jumped' };
    case 'clock.corrected':
      return { clock: line['quality'] === 'synced' ? 'ok' : 'corrected' };
    case 'disk.full':
      return { disk: 'full' };
    case 'disk.ok':
      return { disk: 'ok' };
    default:
      return {};
  }
}

/** Only facts have a number in the journal. */
function waitingAfter(before: number, line: JsonLine): number {
  if (typeof line['waiting'] === 'number') return line['waiting'];
  return typeof line['seq'] === 'number' ? before + 1 : before;
}

const LEVELS = [
  ['reader', 'reader'],
  ['receipt', 'printer'],
  ['release', 'release'],
  ['page', 'page'],
  ['payment', 'payment'],
  ['remote', 'remote'],
  ['tv-power', 'tv'],
] as const;

function device(line: JsonLine, condition: Condition): Partial<Health> {
  const level = LEVELS.find(([name]) => name === line['device'])?.[1];
  return level === undefined ? {} : { [level]: condition };
}

function screenAfter(before: TerminalLevels['screen'], line: JsonLine): TerminalLevels['screen'] {
  if (line['event'] === 'street.terminal-ended') return { ...before, isServed: false };
  if (line['device'] !== 'screen') return before;
  return line['event'] === 'device.ready'
    ? { isServed: true, times: before.times + 1 }
    : { ...before, isServed: false };
}

function conditionOf(said: unknown): Condition {
  if (said === 'ready' || said === 'busy') return 'ok';
  if (said === 'silent') return 'lost';
  return CONDITIONS.find((condition) => condition === said) ?? 'error';
}

function timeOf(line: JsonLine): string {
  return String(line['at']);
}
