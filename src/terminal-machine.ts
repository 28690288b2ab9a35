/** The terminal's machine, tied to what it watches and whom it serves. */

import { type AnyActorLogic, type AnyMachineSnapshot, fromCallback, fromPromise } from 'xstate';
import { type SessionEvent, sessionMachine } from '../state-machines/session.ts';
import { terminalMachine } from '../state-machines/terminal.ts';
import type { TerminalEvent } from '../state-machines/terminal-setup.ts';
import type { CardSlot } from './card-slot.ts';
import type { Conditions } from './conditions.ts';
import type { ErrandInput } from './domain/errand.ts';
import type { SensedTap } from './domain/tap.ts';
import type { Service, Visit } from './services/service.ts';
import type { StaffDesk } from './staff/staff-desk.ts';

export function terminalMachineFor(
  services: readonly Service[],
  slot: CardSlot,
  conditions: Conditions,
  recover: () => Promise<void>,
  staff: StaffDesk | null,
) {
  const { servesWithout = [] } = onlyOne(services);
  return terminalMachine.provide({
    actors: {
      recover: fromPromise(recover),
      watchConditions: fromCallback<TerminalEvent>(({ sendBack }) =>
        conditions.watch((all) => {
          const obstacles = all.filter((reason) => !servesWithout.includes(reason));
          sendBack({ type: 'conditions.changed', obstacles });
        }),
      ),
      awaitCard: awaitCard(slot),
      session: sessionFor(services, slot),
      watchReceipt: watchReceipt<TerminalEvent>(services),
      ...(staff === null ? {} : { staff: staff.machine }),
      errand: errandLogic(visitsOf(onlyOne(services))),
    },
  });
}

/** Everything that is no visit of a card alone. */
function visitsOf({ errands = [], programme }: Service): readonly Visit[] {
  return programme === undefined ? errands : [...errands, programme];
}

/** The logic of whichever errand is begun: a snapshot of a machine carries the machine that it belongs to. */
export function errandLogic(errands: readonly Visit[]): AnyActorLogic {
  return {
    getInitialSnapshot(scope, input: ErrandInput) {
      const errand = errands.find(({ id }) => id === input.errand);
      if (errand === undefined) throw new Error(`no service offers ${input.errand}`);
      return errand.machine.getInitialSnapshot(scope as never, input as never);
    },
    start: (snapshot: AnyMachineSnapshot) => snapshot.machine.start(snapshot),
    transition: (snapshot: AnyMachineSnapshot, event, scope) =>
      snapshot.machine.transition(snapshot, event, scope as never),
    getPersistedSnapshot: (snapshot: AnyMachineSnapshot) =>
      snapshot.machine.getPersistedSnapshot(snapshot),
  };
}

/** Levels, not edges: a card that came while another was served is seen as soon as one is awaited again. */
function awaitCard(slot: CardSlot) {
  let served = 0;
  return fromCallback<TerminalEvent>(({ sendBack }) => {
    const see = (): void => {
      const { present } = slot;
      if (present === null || present.tap <= served) return;
      served = present.tap;
      sendBack({ type: 'card.present', tap: present.tap, sensedAt: present.sensedAt });
    };
    const stop = slot.watch(see);
    see();
    return stop;
  });
}

/** A terminal has one service; one with several will ask which in a menu before this. */
export function onlyOne(services: readonly Service[]): Service {
  const [service] = services;
  if (service === undefined) throw new Error('a terminal without a service');
  return service;
}

/** The receipt may fail while its person still holds the card, or when they have taken it away. */
function watchReceipt<Event extends SessionEvent | TerminalEvent>(services: readonly Service[]) {
  const service = onlyOne(services);
  return fromCallback<Event, SensedTap>(({ input, sendBack }) =>
    service.receipts?.watch(input.tap, () => sendBack({ type: 'receipt.owed' } as Event)),
  );
}

function sessionFor(services: readonly Service[], slot: CardSlot) {
  const watchCard = fromCallback<SessionEvent, SensedTap>(({ input, sendBack }) => {
    const see = (): void => {
      if (slot.present?.tap !== input.tap) sendBack({ type: 'card.gone' });
    };
    const stop = slot.watch(see);
    see();
    return stop;
  });
  const watchNextCard = fromCallback<SessionEvent, SensedTap>(({ input, sendBack }) => {
    const see = (): void => {
      if (slot.present !== null && slot.present.tap > input.tap) sendBack({ type: 'card.next' });
    };
    const stop = slot.watch(see);
    see();
    return stop;
  });
  const { machine, limitMs, passages } = onlyOne(services);
  const watchPassage = fromCallback<SessionEvent, SensedTap>(({ input, sendBack, receive }) => {
    receive(({ type }) => passages?.say(input.tap, type === 'key.passed'));
    return passages?.watch(input.tap, (heard) => sendBack({ type: `passage.${heard}` }));
  });
  return sessionMachine.provide({
    ...(limitMs === undefined ? {} : { delays: { serviceLimit: limitMs } }),
    actors: {
      watchCard,
      watchReceipt: watchReceipt<SessionEvent>(services),
      watchNextCard,
      watchPassage,
      service: machine,
    },
  });
}
