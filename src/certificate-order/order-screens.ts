/** What a person sees of an order, from the states of its machines and what the visit knows. */

import type { AnyMachineSnapshot } from 'xstate';
import {
  HANDOVER_DELAYS,
  type HandoverContext,
} from '../../state-machines/certificate-handover-setup.ts';
import {
  ORDER_DELAYS,
  type OrderContext,
  orderOf,
  pagesOf,
} from '../../state-machines/certificate-order-setup.ts';
import {
  CHOICES_SHOWN_MAX,
  type Choice,
  type ChoiceOf,
  type OrderShown,
  type OrderStep,
  type Progress,
  type Work,
} from '../domain/kiosk-screen.ts';
import type { MoneyEnd } from '../domain/municipal-certificate.ts';
import type { ScreenBody } from '../domain/screen.ts';
import { shortRequest } from '../domain/short-request.ts';
import { childOf } from '../screen/child-machine.ts';
import { secretShown } from '../screen/secret-shown.ts';
import type { ReceiptShown } from './handover.ts';

/** What only the effects know of a visit. */
export interface VisitShown {
  /** Null before there is one. */
  readonly request: string | null;
  /** Masked. */
  readonly holder: string;
  /** Null before they are known. */
  readonly sheets: number | null;
  readonly means: readonly ('cash' | 'e-money')[];
  readonly receipt: ReceiptShown;
}

/** Null between two screens: what is shown stays. */
export function orderScreenOf(order: AnyMachineSnapshot, shown: VisitShown): ScreenBody | null {
  const secret = childOf(order, 'secret');
  if (secret !== null) return secretScreenOf(secret);
  const handover = childOf(order, 'handover');
  const context: OrderContext = order.context;
  if (handover !== null) return handoverScreenOf(handover, context, shown);
  if (order.matches('placing')) {
    return { screen: 'place-card', progress: at('choose'), again: context.again };
  }
  const work = WORKS.find(([state]) => order.matches(state));
  if (work !== undefined) return { screen: 'working', progress: at(work[1]), at: work[2] };
  if (order.matches('asking')) return askingScreenOf(order, context, shown);
  if (order.matches('stillThere')) return stillThere(ORDER_DELAYS.orderLeaving);
  if (order.matches('ended')) return ended(context, shown);
  if (order.matches('leaving')) {
    return { screen: 'take-card', follows: 'nothing', urgency: urgencyOf(order, 'leaving.card') };
  }
  return null;
}

const WORKS: readonly (readonly [state: string, step: OrderStep, work: Work])[] = [
  ['reading', 'choose', 'reading'],
  ['offering', 'choose', 'offers'],
  ['issuing', 'confirm', 'issuing'],
  ['checking', 'confirm', 'checking'],
  ['closing', 'confirm', 'settling'],
];

function askingScreenOf(
  order: AnyMachineSnapshot,
  context: OrderContext,
  { holder, sheets }: VisitShown,
): ScreenBody | null {
  const { offers, page, chosen } = context;
  const offer = offers[chosen];
  if (order.matches({ asking: 'document' })) {
    const first = page * CHOICES_SHOWN_MAX;
    const choices = offers.map(
      ({ document, fee, service }, place): Choice => ({
        id: String(place),
        label: { is: 'document', document },
        fee,
        openness: service,
      }),
    );
    return choose(
      'document',
      choices.slice(first, first + CHOICES_SHOWN_MAX),
      page,
      pagesOf(context),
    );
  }
  if (offer === undefined) return null;
  if (order.matches({ asking: 'explained' })) {
    const { service } = offer;
    if (service.open) return null;
    const { reason, from } = service;
    return { screen: 'ended', reason, money: 'nothing-charged', request: null, from };
  }
  if (order.matches({ asking: 'option' })) {
    const choices = offer.options.map(
      (option): Choice => ({
        id: option,
        label: { is: 'option', option },
        fee: offer.fee,
        openness: null,
      }),
    );
    return choose('option', choices, 0, 1);
  }
  if (order.matches({ asking: 'copies' })) {
    const counts = Array.from({ length: offer.copiesMax }, (_, place) => place + 1);
    const choices = counts.map(
      (copies): Choice => ({
        id: String(copies),
        label: { is: 'copies', copies },
        fee: offer.fee * copies,
        openness: null,
      }),
    );
    return choose('copies', choices, 0, 1);
  }
  if (!order.matches({ asking: 'confirming' })) return null;
  return {
    screen: 'confirm-order',
    progress: at('confirm'),
    holder,
    order: shownOrder(context, sheets),
  };
}

function choose(of: ChoiceOf, choices: readonly Choice[], page: number, pages: number): ScreenBody {
  return { screen: 'choose', progress: at('choose'), of, choices, page, pages };
}

function shownOrder(context: OrderContext, sheets: number | null): OrderShown {
  const { document, option, municipality, copies, fee } = orderOf(context);
  return { document, option, municipality: municipality.name, copies, sheets, fee };
}

function secretScreenOf(secret: AnyMachineSnapshot): ScreenBody {
  const shown = secretShown(secret);
  switch (shown.is) {
    case 'counting':
      return { screen: 'working', progress: at('pin'), at: 'reading' };
    case 'still-there':
      return { screen: 'still-there', seconds: shown.seconds };
    case 'last-try':
      return { screen: 'pin-last-try', progress: at('pin') };
    case 'typing': {
      const { length: digits, result, tries } = shown;
      return { screen: 'pin', digits, result, tries, progress: at('pin') };
    }
  }
}

function handoverScreenOf(
  handover: AnyMachineSnapshot,
  order: OrderContext,
  { request, sheets, means, receipt }: VisitShown,
): ScreenBody | null {
  const context: HandoverContext = handover.context;
  const isIdle = [{ paying: 'waiting' }, { paying: { collecting: 'stillThere' } }].some((state) =>
    handover.matches(state),
  );
  if (isIdle) return stillThere(HANDOVER_DELAYS.payLeaving);
  const isSettling = [{ paying: { collecting: 'stopping' } }, { printing: 'stopping' }, 'settling'];
  if (isSettling.some((state) => handover.matches(state))) {
    const step = handover.matches('paying') ? 'pay' : 'print';
    return { screen: 'working', progress: at(step), at: 'settling' };
  }
  const all = sheets ?? 0;
  if (handover.matches('paying')) {
    const { inserted, means: chosen } = context;
    const { fee } = orderOf(order);
    return { screen: 'paying', progress: at('pay'), fee, inserted, means, chosen };
  }
  if (handover.matches('takingCard')) {
    const urgency = urgencyOf(handover, 'takingCard');
    return { screen: 'take-card', follows: 'paper', urgency, sheets: all };
  }
  if (handover.matches('printing')) {
    const { done, held } = context;
    return {
      screen: 'printing',
      progress: at('print'),
      sheets: all,
      done,
      request: shortRequest(request ?? ''),
      held,
    };
  }
  if (!handover.matches('takingPaper')) return null;
  return { screen: 'take-paper', progress: at('take'), sheets: all, receipt };
}

function ended({ reason, money }: OrderContext, { request }: VisitShown): ScreenBody | null {
  if (reason === null) return null;
  const shown = request === null ? null : shortRequest(request);
  return { screen: 'ended', reason, money: money satisfies MoneyEnd, request: shown, from: null };
}

function stillThere(ms: number): ScreenBody {
  return { screen: 'still-there', seconds: ms / 1_000 };
}

/** `path`: of the state whose children rise. */
function urgencyOf(snapshot: AnyMachineSnapshot, path: string): 0 | 1 | 2 {
  const nested = (state: string) =>
    path.split('.').reduceRight<object | string>((inner, outer) => ({ [outer]: inner }), state);
  if (snapshot.matches(nested('louder') as never)) return 1;
  return snapshot.matches(nested('calling') as never) ? 2 : 0;
}

function at(step: OrderStep): Progress {
  return { of: 'order', step };
}
