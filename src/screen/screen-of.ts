/**
 * From the machines' snapshots to what is on the screen: pure, so that every rule of what is shown when stands here.
 * Which machine speaks: the staff's while they are there, then that of a chosen errand or of the card in the field, or its service where that
 * has more to say than that the card should stay; then the latest answer, then whatever stands in the way of serving; otherwise the terminal waits.
 */

import type { AnyActorRef, AnyMachineSnapshot, SnapshotFrom } from 'xstate';
import type { sessionMachine } from '../../state-machines/session.ts';
import type { terminalMachine } from '../../state-machines/terminal.ts';
import type { Answer } from '../domain/answer.ts';
import type { AnyErrandId } from '../domain/errand.ts';
import { ERRANDS, type ErrandId, type Openness } from '../domain/kiosk-screen.ts';
import type { Reason } from '../domain/reason.ts';
import type {
  ListShown,
  Purpose,
  ScreenBody,
  ScreenName,
  Speech,
  StateMeta,
} from '../domain/screen.ts';
import { RING_ENDS, type Told } from '../domain/told.ts';
import type { AnswerShown } from '../services/service.ts';

type TerminalSnapshot = SnapshotFrom<typeof terminalMachine>;
type SessionSnapshot = SnapshotFrom<typeof sessionMachine>;

/** The machine whose screen is shown, and which gets the keys that its screen offers. */
export type Speaker = 'terminal' | 'session' | 'service' | 'staff' | 'errand';

export interface Shown {
  readonly speaker: Speaker;
  readonly meta: StateMeta;
  readonly body: ScreenBody;
  /** What the answer says aloud, where the state leaves it to the answer. */
  readonly says: Speech | null;
}

export interface Surroundings {
  /** What the service still says of the tap that the terminal serves or has served. */
  readonly answer: AnswerShown | null;
  /** What a card is held for here. */
  readonly purpose: Purpose;
  /** The list in use now. */
  readonly list: ListShown | null;
  readonly offline: boolean;
  /** What can be begun without a card, in the order in which it is offered; empty where a card comes first. */
  readonly errands: readonly ErrandOffered[];
  /** What is shown in the place of their menu, where a service has that. */
  readonly home: (() => ScreenBody) | null;
  readonly errandScreenOf: (snapshot: AnyMachineSnapshot) => ScreenBody | null;
  readonly serviceScreenOf: (snapshot: AnyMachineSnapshot) => ScreenBody | null;
  readonly staffScreenOf: (snapshot: AnyMachineSnapshot) => ScreenBody | null;
}

interface ErrandOffered<Id extends AnyErrandId = AnyErrandId> {
  readonly id: Id;
  readonly openness: Openness;
}

function isOfKiosk(errand: ErrandOffered): errand is ErrandOffered<ErrandId> {
  return ERRANDS.some((id) => id === errand.id);
}

export function isServing(terminal: TerminalSnapshot): boolean {
  return terminal.matches({ operating: { visit: 'serving' } });
}

/** The person was let in, has taken their card and is waited for. */
export function isCardGone(terminal: TerminalSnapshot): boolean {
  const session = childOf(terminal, 'session') as SessionSnapshot | null;
  if (session === null) return false;
  return session.matches({ passing: 'gone' }) || session.matches({ attended: 'gone' });
}

export function isAnswered(terminal: TerminalSnapshot): boolean {
  return terminal.matches({ operating: { visit: 'answered' } });
}

function isOnErrand(terminal: TerminalSnapshot): boolean {
  return terminal.matches({ operating: { visit: 'onErrand' } });
}

function isAttended(terminal: TerminalSnapshot): boolean {
  return terminal.matches({ operating: { visit: 'attending' } });
}

const STOPPED: Shown = {
  speaker: 'terminal',
  meta: { screen: 'closed', voice: null, tone: null, keys: [], timeout: null },
  body: { screen: 'closed', reason: 'starting' },
  says: null,
};

/** Null between two states of a person's visit: what is shown stays. */
export function screenOf(terminal: TerminalSnapshot, surroundings: Surroundings): Shown | null {
  if (terminal.status !== 'active') return STOPPED;
  if (isAttended(terminal)) return staffScreen(terminal, surroundings);
  if (isServing(terminal)) return sessionScreen(terminal, surroundings);
  if (isOnErrand(terminal)) return errandScreen(terminal, surroundings);
  const { answer } = terminal.context;
  const answered = metaBelow(terminal, 'terminal.operating.visit.answered.');
  if (isAnswered(terminal)) {
    return answered && visitScreen('terminal', answered, answer, surroundings);
  }
  const closed =
    metaBelow(terminal, 'terminal.operating.availability.') ??
    metaBelow(terminal, 'terminal.recovering');
  if (closed !== null) {
    const reason = closed.voice === null ? null : (terminal.context.obstacles[0] ?? null);
    const body = { screen: 'closed', reason: reason ?? 'starting' } as const;
    return { speaker: 'terminal', meta: closed, body, says: reason };
  }
  const waiting = metaBelow(terminal, 'terminal.operating.visit.waiting.');
  if (waiting === null) return null;
  const { purpose, list, offline, errands, home } = surroundings;
  const atHome = waiting.screen === 'shelter-waiting' ? home?.() : undefined;
  const body: ScreenBody =
    atHome ??
    (waiting.screen === 'menu'
      ? { screen: 'menu', offline, items: errands.filter(isOfKiosk) }
      : { screen: 'waiting', purpose, list, offline });
  return { speaker: 'terminal', meta: waiting, body, says: null };
}

/** An errand hands parts of its way to machines below its own: the one deepest down speaks. */
function errandScreen(terminal: TerminalSnapshot, { errandScreenOf }: Surroundings): Shown | null {
  const errand = childOf(terminal, 'errand');
  const body = errand && errandScreenOf(errand);
  if (!body) return null;
  const deepest = speakerBelow(terminal.children['errand'])?.getSnapshot() ?? errand;
  const meta = metaBelow(deepest, '');
  const says = reasonIn(body);
  return meta && { speaker: 'errand', meta, body, says };
}

/** What is spoken where a state leaves it to the reason. */
function reasonIn(body: ScreenBody): Reason | null {
  if (body.screen === 'ended' || body.screen === 'tv-stopped') return body.reason;
  return body.screen === 'printing' ? body.held : null;
}

/** The machine of an errand, or of the staff, that speaks now: the deepest one that has something to show. */
export function speakerBelow(actor: AnyActorRef | undefined): AnyActorRef | undefined {
  const snapshot: AnyMachineSnapshot | undefined = actor?.getSnapshot();
  const children: readonly AnyActorRef[] = Object.values(snapshot?.children ?? {});
  const speaking = children.find(speaks);
  return speaking === undefined ? actor : speakerBelow(speaking);
}

/** Also a machine that has nothing to show itself, where one below it has. */
function speaks(actor: AnyActorRef): boolean {
  const snapshot: AnyMachineSnapshot = actor.getSnapshot();
  if (snapshot.machine === undefined || snapshot.status !== 'active') return false;
  const children: readonly AnyActorRef[] = Object.values(snapshot.children);
  return metaBelow(snapshot, '') !== null || children.some(speaks);
}

function staffScreen(terminal: TerminalSnapshot, { staffScreenOf }: Surroundings): Shown | null {
  const staff = childOf(terminal, 'staff');
  const deepest = speakerBelow(terminal.children['staff'])?.getSnapshot() ?? staff;
  const meta = deepest && metaBelow(deepest, '');
  const body = staff && staffScreenOf(staff);
  return meta && body && { speaker: 'staff', meta, body, says: null };
}

function sessionScreen(terminal: TerminalSnapshot, surroundings: Surroundings): Shown | null {
  const session = childOf(terminal, 'session') as SessionSnapshot | null;
  const spoken = session && serviceScreen(session, surroundings);
  if (spoken) return spoken;
  const meta = session && metaBelow(session, '');
  return session && meta && visitScreen('session', meta, session.context.answer, surroundings);
}

/** Null while the service has nothing of its own to show: the session says how long a card has been read. */
function serviceScreen(session: SessionSnapshot, { serviceScreenOf }: Surroundings): Shown | null {
  const service: AnyMachineSnapshot | undefined = session.children['service']?.getSnapshot();
  if (service?.machine === undefined || service.status !== 'active') return null;
  const deepest = speakerBelow(session.children['service'])?.getSnapshot() ?? service;
  const meta = metaBelow(deepest, '');
  if (meta === null || meta.screen === 'hold') return null;
  const body = serviceScreenOf(service);
  return body && { speaker: 'service', meta, body, says: null };
}

/** What a visitor is told: `screen` is the machine's decision, the answer fills it in. */
function visitScreen(
  speaker: Speaker,
  meta: StateMeta,
  answer: Answer | null,
  { answer: shown }: Surroundings,
): Shown | null {
  const reason = answer !== null && 'reason' in answer ? answer.reason : null;
  const told = answer?.answer === 'told' ? answer.told : null;
  const body = visitBody(meta.screen, { reason, told }, shown);
  return body && { speaker, meta, body, says: told?.text ?? reason ?? welcomeIn(body) };
}

/** What is spoken where a state leaves it to the answer that let somebody in. */
function welcomeIn(body: ScreenBody): Speech | null {
  if (body.screen !== 'welcome') return null;
  return body.paper ? 'welcome' : 'welcome-again';
}

function visitBody(
  screen: ScreenName,
  { reason, told }: { readonly reason: Reason | null; readonly told: Told | null },
  shown: AnswerShown | null,
): ScreenBody | null {
  const list = shown?.list ?? null;
  switch (screen) {
    case 'hold':
    case 'take-card':
      return { screen };
    case 'welcome': {
      const oldList = list?.age === 'fresh' ? null : list;
      const { name = null, seat, paper = true } = shown ?? {};
      return { screen, name, seat: seat ?? '', paper, list: oldList };
    }
    case 'receipt-owed':
      return { screen, seat: shown?.seat ?? '', minutes: shown?.claimMinutes ?? 0 };
    case 'refused':
      return reason && { screen, reason, ...refusalShown(shown), list };
    case 'again':
      return reason && { screen, reason };
    case 'closed':
      return reason && { screen, reason };
    case 'result':
      return told && { screen, ring: RING_ENDS[told.text], told };
    default:
      throw new Error(`no visitor is shown ${screen}`);
  }
}

function refusalShown(shown: AnswerShown | null): Pick<AnswerShown, 'advice' | 'first'> {
  return { advice: shown?.advice ?? null, first: shown?.first ?? null };
}

function childOf(
  terminal: TerminalSnapshot,
  id: 'session' | 'staff' | 'errand',
): AnyMachineSnapshot | null {
  return terminal.children[id]?.getSnapshot() ?? null;
}

/** The meta of the one active state whose id begins so. */
function metaBelow(snapshot: AnyMachineSnapshot, id: string): StateMeta | null {
  const metas: Readonly<Record<string, StateMeta | undefined>> = snapshot.getMeta();
  const found = Object.entries(metas).find(([state]) => state.startsWith(id));
  return found?.[1] ?? null;
}
