/**
 * Every machine of state-machines/, walked as a graph: no state is out of reach, none ignores what the world does to it.
 * No actor runs here; what its effects would say is put in as events.
 */

import { describe, expect, test } from 'vitest';
import {
  type AnyEventObject,
  type AnyStateMachine,
  type AnyStateNode,
  createActor,
  fromPromise,
  StateMachine,
  setup,
} from 'xstate';
import { getShortestPaths, type StatePath } from 'xstate/graph';
import { KEY_NAMES, SCREENS, SPEECHES, type StateMeta } from '../src/domain/screen.ts';
import { allMachines } from './documents/machines.ts';
import { ANSWERS, INPUTS, KEPT, KEPT_WORDS, PAYLOADS, STEP_RESULTS } from './machine-payloads.ts';

const machines = await allMachines();

/** What may come at any time and from outside, whatever the machine is doing. A machine that knows one answers it everywhere. */
const OUTSIDE = /\.(gone|lost|cancel|stop)$/;

/** States that wait without a limit of their own, and why that is right. */
const WAITS_ON_PURPOSE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  deviceMachine: {
    opening: 'the driver gives up by itself',
    closing: 'closing never rejects; the driver limits it',
    stopping: 'closing never rejects; the driver limits it',
  },
  sessionMachine: { callingForCard: 'ends when the card is taken' },
  eventEntryMachine: {
    leasingList: 'within serviceLimit of the session',
    granting: 'a durable write is not given up half-way',
    claiming: 'a durable write is not given up half-way',
    refusing: 'a durable write is not given up half-way',
    holdAgain: 'within serviceLimit of the session',
  },
  eventExitMachine: { opening: 'a durable write is not given up half-way' },
  terminalMachine: {
    recovering: 'nothing is served before what an earlier run left open is settled',
    'operating.availability.inService': 'level, watched by watchConditions',
    'operating.availability.outOfService': 'level, watched by watchConditions',
    'operating.visit.waiting.quiet': 'for the next card',
    'operating.visit.onErrand': "the errand's machine has limits of its own",
    'operating.visit.attending': 'the staff machine has limits of its own',
    'operating.visit.serving': 'the session has limits of its own',
  },
  procedureMachine: { recording: 'a durable write is not given up half-way' },
  staffMachine: {
    'open.signingIn': 'the machine of the sign-in has limits of its own',
    'open.deciding': 'a durable write is not given up half-way',
    'open.recording': 'a durable write is not given up half-way',
    'open.settling': 'a durable write is not given up half-way',
    'open.takingStick': 'what a stick brings is taken whole, or it is said why not',
  },
  registrationFormMachine: { resting: 'whoever watches the card meanwhile has a limit' },
  usageRegistrationMachine: {
    choosing: 'the machine of the choice has limits of its own',
    'registering.writing': 'the form has limits of its own',
    'registering.signing': 'the machine of the secret has limits of its own',
    'takingCard.called': 'ends when the card is taken',
  },
  evacuationAlertMachine: {
    drawing: 'a durable write is not given up half-way',
    pressing: 'a durable write is not given up half-way',
    quiet: 'an alert is shown until the municipality ends it',
    over: 'until somebody has read it, or it expires',
  },
  televisionLinkMachine: {
    beginning: 'looks at what the terminal has, and waits for nothing',
    proving: 'the machine of the secret has limits of its own',
    recording: 'a durable write is not given up half-way',
    'takingCard.called': 'ends when the card is taken, or by an alert',
  },
  televisionMachine: {
    home: 'nobody has to be there',
    turning: 'a durable write is not given up half-way',
    unlinking: 'a durable write is not given up half-way',
    linking: 'the machine of linking has limits of its own',
    where: 'the machine of the consent has limits of its own',
    'alerted.shown': 'an alert is shown until the municipality ends it',
    linkingInAlert: 'the machine of linking has limits of its own',
  },
  televisionWhereMachine: { ending: 'a durable write is not given up half-way' },
  certificateOrderMachine: {
    secret: 'the machine of the secret has limits of its own',
    handover: 'the machine of the handover has limits of its own',
    'leaving.card.calling': 'ends when the card is taken',
  },
  shelterVisitMachine: {
    admitting: 'a durable write is not given up half-way',
    acting: 'a durable write is not given up half-way',
    takingIn: 'a durable write is not given up half-way',
    form: 'the form has limits of its own',
    staff: 'the machine of who staff are has limits of its own',
    seeking: 'nothing is asked but the ledger',
    takingCard: 'ends when the card is taken',
  },
  staffAskedMachine: { signingIn: 'the machine of the sign-in has limits of its own' },
  certificateHandoverMachine: {
    'paying.collecting.stopping': "the unit's answer is limited where it is asked",
    'printing.going': 'each sheet is limited where it is printed',
    'printing.stopping': "the printer's answer is limited where it is asked",
    settling: 'a durable write is not given up half-way',
  },
};

/** A transition into the state on the left is only ever taken when the effect on the right has succeeded. */
const ONLY_AFTER: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  eventEntryMachine: { granted: 'recordEntry', claimed: 'recordClaim', refused: 'recordRefusal' },
  eventExitMachine: { opened: 'open' },
  procedureMachine: {
    told: 'recordAnswer',
    'typing.wrong': 'provePin',
    asking: 'verifyCertificate',
  },
  staffMachine: { 'open.menu': 'signIn', 'open.deciding': 'overview' },
  staffSignInMachine: { known: 'checkPin' },
  cardPinMachine: { proved: 'prove', 'typing.wrong': 'prove' },
  cardPasswordMachine: { proved: 'prove', 'typing.wrong': 'prove' },
  usageRegistrationMachine: { applying: 'secret', recording: 'apply', applied: 'apply' },
  certificateOrderMachine: {
    issuing: 'secret',
    checking: 'issue',
    'asking.confirming': 'check',
    handover: 'check',
  },
  shelterVisitMachine: {
    slip: 'takeIn',
    said: 'actHere',
    why: 'staffAsked',
    consented: 'staffAsked',
  },
  evacuationAlertMachine: { calling: 'draw', quiet: 'draw', over: 'draw', answered: 'press' },
  televisionLinkMachine: { asking: 'readCard', recording: 'askRegister', linked: 'recordLink' },
  televisionMachine: { unlinked: 'unlink' },
  televisionWhereMachine: { agreed: 'agreeWhere', notShown: 'endWhere' },
  certificateHandoverMachine: {
    takingCard: 'authorise',
    settling: 'printSheets',
    issued: 'settle',
  },
};

/** A history is no state but a way back to one. */
function statesOf(node: AnyStateNode): AnyStateNode[] {
  const children = Object.values(node.states).filter(({ type }) => type !== 'history');
  return [node, ...children.flatMap(statesOf)];
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}

/** Every event that some state of the machine has an arrow for, with every payload that matters. */
function eventsOf(machine: AnyStateMachine): AnyEventObject[] {
  const types = new Set(statesOf(machine.root).flatMap((node) => [...node.transitions.keys()]));
  return [...types].flatMap((type): AnyEventObject[] => {
    if (type.startsWith('xstate.done.actor.') && PAYLOADS[type] === undefined) {
      return [...STEP_RESULTS, ...ANSWERS].map((output) => ({ type, output }));
    }
    if (type.startsWith('xstate.error.actor.')) return [{ type, error: new Error('seeded') }];
    return (PAYLOADS[type] ?? [{}]).map((payload) => ({ type, ...payload }));
  });
}

type Path = StatePath<ReturnType<AnyStateMachine['getInitialSnapshot']>, AnyEventObject>;

/** A shortest path to each combination of active states. */
function pathsOf(machine: AnyStateMachine, events = eventsOf(machine)): Path[] {
  const kinds = INPUTS[machine.id] ?? [{}];
  return kinds.flatMap((kind) =>
    getShortestPaths(machine, {
      events,
      input: { tap: 1, hasStaff: true, sound: 'normal', by: null, ...kind },
      // Where a machine goes on from one state depends on what it has kept until then.
      serializeState: ({ value, context }) =>
        JSON.stringify([
          value,
          ...KEPT.map((name) => Boolean(context[name])),
          ...KEPT_WORDS.map((name) => String(context[name])),
          ...Object.values(context.texts ?? {}).map(Boolean),
        ]),
      stopWhen: ({ status }) => status !== 'active',
    }),
  );
}

function activeNodes(path: Path): AnyStateNode[] {
  return path.state._nodes;
}

function reached(paths: readonly Path[]): Set<string> {
  return new Set(paths.flatMap((path) => activeNodes(path).map(pathOf)));
}

/**
 * A state that is left in the same step in which it is entered: one of its eventless arrows has no condition, or it is
 * the end of a part whose whole has an arrow for that.
 */
function isPassedThrough(node: AnyStateNode): boolean {
  const endsPart =
    node.type === 'final' && node.parent?.transitions.has(`xstate.done.state.${node.parent.id}`);
  return endsPart || (node.always?.some(({ guard }) => guard === undefined) ?? false);
}

function lineage(node: AnyStateNode): AnyStateNode[] {
  return node.parent ? [node, ...lineage(node.parent)] : [node];
}

/** The rules: each returns what breaks it, so that a seeded violation can be shown to be found. */

function unreachable(machine: AnyStateMachine): string[] {
  const found = reached(pathsOf(machine));
  const expected = statesOf(machine.root).filter((node) => !isPassedThrough(node));
  return expected.map(pathOf).filter((path) => !found.has(path));
}

function ignoring(machine: AnyStateMachine): string[] {
  const outside = eventsOf(machine).filter(({ type }) => OUTSIDE.test(type));
  return pathsOf(machine)
    .filter(({ state }) => state.status === 'active')
    .flatMap(({ state }) =>
      outside
        .filter((event) => machine.getTransitionData(state, event).length === 0)
        .map((event) => `${JSON.stringify(state.value)} ignores ${event.type}`),
    );
}

function waitingWithoutLimit(machine: AnyStateMachine): string[] {
  return statesOf(machine.root)
    .filter((node) => node.type === 'atomic' && !isPassedThrough(node))
    .filter((node) => lineage(node).every(({ after }) => after.length === 0))
    .map(pathOf);
}

/** A visible state must say how long it is shown: a delay that it or a state around it ends by, or null where it waits. */
function wrongTimeouts(machine: AnyStateMachine): string[] {
  return statesOf(machine.root).flatMap((node) => {
    const meta = node.meta as StateMeta | undefined;
    if (meta === undefined) return [];
    const delays = lineage(node).flatMap(({ after }) => after.map(({ delay }) => delay));
    const right = meta.timeout === null ? node.after.length === 0 : delays.includes(meta.timeout);
    return right ? [] : [`${pathOf(node)}: ${meta.timeout}`];
  });
}

/** Who can't see has to be told, unless the state says that its silence is meant. */
function wordless(machine: AnyStateMachine): string[] {
  return statesOf(machine.root).flatMap((node) => {
    const meta = node.meta as Partial<StateMeta> | undefined;
    if (meta === undefined) return [];
    const hasText = SCREENS.some((screen) => screen === meta.screen);
    const hasVoice =
      meta.voice === null ||
      meta.voice === 'by-reason' ||
      meta.voice === 'by-result' ||
      SPEECHES.some((speech) => speech === meta.voice);
    const hasKeys = meta.keys?.every((key) => KEY_NAMES.includes(key)) ?? false;
    return hasText && hasVoice && hasKeys && meta.tone !== undefined ? [] : [pathOf(node)];
  });
}

function effectsWhoseFailureIsIgnored(machine: AnyStateMachine): string[] {
  return statesOf(machine.root).flatMap((node) =>
    node.invoke
      .filter(({ src }) => typeof src !== 'string' || !sendsOnly(machine, src))
      .filter(({ id }) => !node.transitions.has(`xstate.error.actor.${id}`))
      .map(({ id }) => `${pathOf(node)}: ${id}`),
  );
}

/** Ids that XState made up, and ids that two active states share. */
function badEffectIds(machine: AnyStateMachine): string[] {
  return pathsOf(machine).flatMap((path) => {
    const ids = activeNodes(path).flatMap((node) => node.invoke.map(({ id }) => id));
    return ids.filter((id, at) => /^\d+\./.test(id) || ids.indexOf(id) !== at);
  });
}

/** Functions and numbers in a machine's body, where a name from `setup` belongs. Only `input` and `output` map values in place. */
function unnamed(machine: AnyStateMachine): unknown[] {
  const items = statesOf(machine.root).flatMap((node) => {
    const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
    return [
      ...[node.config.entry ?? []].flat(),
      ...[node.config.exit ?? []].flat(),
      ...node.invoke.map(({ src }) => src),
      ...node.after.map(({ delay }) => delay),
      ...transitions.flatMap(({ guard, actions }) => [guard ?? 'always', ...actions]),
    ];
  });
  const isNamed = (item: unknown) =>
    typeof item === 'string' ||
    // A name, and what it is about.
    (typeof item === 'object' && item !== null && 'type' in item && typeof item.type === 'string');
  return items.filter((item) => !isNamed(item));
}

/** An effect that only sends (fromCallback) fails while it is being started, one that ends (fromPromise) later. */
function sendsOnly(machine: AnyStateMachine, effect: string): boolean {
  const logic = machine.implementations.actors?.[effect];
  if (!logic) throw new Error(`${effect} is not in setup`);
  const actor = createActor(logic as AnyStateMachine, { input: {} as never });
  actor.subscribe({ error: () => {} });
  const { status } = actor.start().getSnapshot();
  actor.stop();
  return status === 'error';
}

test('the folder of machines is not empty', () => {
  const named = ['deviceMachine', 'sessionMachine', 'terminalMachine', 'eventEntryMachine'];
  expect([...machines.keys()]).toEqual(expect.arrayContaining(named));
});

describe.each([...machines])('%s', (name, machine) => {
  test('can reach every state', () => {
    expect(unreachable(machine)).toEqual([]);
  });

  test('answers, or absorbs on purpose, what may come from outside at any time', () => {
    expect(eventsOf(machine).some(({ type }) => OUTSIDE.test(type))).toBe(true);
    expect(ignoring(machine)).toEqual([]);
  });

  test('waits without a limit only where the reason is written down', () => {
    const known = Object.keys(WAITS_ON_PURPOSE[name] ?? {});
    expect(waitingWithoutLimit(machine).sort()).toEqual(known.sort());
  });

  test('has text, voice and keys for every state that a person can see', () => {
    expect(wordless(machine)).toEqual([]);
  });

  test('says how long each state is shown, by the delay that ends it', () => {
    expect(wrongTimeouts(machine)).toEqual([]);
  });

  test('answers when one of its effects fails', () => {
    expect(effectsWhoseFailureIsIgnored(machine)).toEqual([]);
  });

  test('gives each running effect an id of its own, chosen by its author', () => {
    expect(badEffectIds(machine)).toEqual([]);
  });

  test('has no unnamed function and no unnamed delay inside', () => {
    expect(unnamed(machine)).toEqual([]);
  });

  test('stays small enough to read', () => {
    expect(statesOf(machine.root).length).toBeLessThanOrEqual(25);
  });

  test('fails by name when an effect was not provided', async () => {
    for (const [effect, logic] of Object.entries(machine.implementations.actors ?? {})) {
      if (logic instanceof StateMachine) continue;
      const actor = createActor(logic as AnyStateMachine, { input: {} as never });
      const failure = new Promise((resolve) => actor.subscribe({ error: resolve }));
      actor.start();
      expect(await failure).toEqual(new Error(`${effect} was not provided`));
    }
  });

  test.each(Object.entries(ONLY_AFTER[name] ?? {}))('reaches %s only after %s', (state, effect) => {
    const done = `xstate.done.actor.${effect}`;
    const without = eventsOf(machine).filter(({ type }) => type !== done);
    expect(reached(pathsOf(machine))).toContain(state);
    expect(reached(pathsOf(machine, without))).not.toContain(state);
  });
});

test('a machine that breaks every rule is reported by each of them', () => {
  const effect = fromPromise(() => Promise.resolve());
  const broken: AnyStateMachine = setup({ actors: { effect } }).createMachine({
    initial: 'reading',
    states: {
      reading: {
        invoke: { src: 'effect', onDone: 'shown' },
        on: { 'card.gone': { target: 'shown', actions: () => {} } },
      },
      shown: { after: { 5: 'reading' }, meta: { screen: 'shown', timeout: null } },
      forgotten: {},
    },
  });
  expect(unreachable(broken)).toEqual(['forgotten']);
  expect(ignoring(broken)).toEqual(['"shown" ignores card.gone']);
  expect(waitingWithoutLimit(broken)).toEqual(['reading', 'forgotten']);
  expect(effectsWhoseFailureIsIgnored(broken)).toHaveLength(1);
  expect(wordless(broken)).toEqual(['shown']);
  expect(wrongTimeouts(broken)).toEqual(['shown: null']);
  expect(badEffectIds(broken)).toHaveLength(1);
  expect(unnamed(broken)).toEqual([expect.any(Function), 5]);
});
