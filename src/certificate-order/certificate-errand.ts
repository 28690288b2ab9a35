/** An order as an errand of the kiosk: state-machines/certificate-order.ts, tied to its effects. */

import { type AnyMachineSnapshot, fromCallback, fromPromise } from 'xstate';
import { cardPinMachine } from '../../state-machines/card-secret.ts';
import type { CardSecretEvent } from '../../state-machines/card-secret-setup.ts';
import { certificateHandoverMachine } from '../../state-machines/certificate-handover.ts';
import type { HandoverEvent, StopEvent } from '../../state-machines/certificate-handover-setup.ts';
import { certificateOrderMachine } from '../../state-machines/certificate-order.ts';
import type { OrderEvent, OrderResult } from '../../state-machines/certificate-order-setup.ts';
import { awaitsCard, watchesCard } from '../card-actors.ts';
import { CARD_PIN_DIGITS } from '../domain/card-pin.ts';
import type { Openness } from '../domain/kiosk-screen.ts';
import type { Order } from '../domain/municipal-certificate.ts';
import { PinVault } from '../pin-vault.ts';
import { secretPad } from '../secret-pad.ts';
import type { Errand, TerminalParts } from '../services/service.ts';
import { Handover } from './handover.ts';
import type { CertificatesOf } from './order-card.ts';
import type { OrderRecords } from './order-records.ts';
import { orderScreenOf } from './order-screens.ts';
import { OrderVisit } from './order-visit.ts';
import type { Inspects } from './pdf-inspection.ts';
import type { SheetsListener } from './sheets.ts';

export interface CertificateErrandParts {
  readonly terminal: TerminalParts;
  readonly records: OrderRecords;
  readonly inspector: Inspects;
  readonly openness: () => Openness;
  /** How often a printer that waits for a person is looked at, in ms. */
  readonly lookEveryMs?: number | undefined;
}

/** The visit that lasts, or the latest one, and what stays from one to the next. */
class Visits {
  readonly vault = new PinVault(CARD_PIN_DIGITS);
  readonly #parts: CertificateErrandParts;
  readonly #certificatesOf: CertificatesOf;
  visit: OrderVisit;
  handover: Handover;

  constructor(parts: CertificateErrandParts, certificatesOf: CertificatesOf) {
    this.#parts = parts;
    this.#certificatesOf = certificatesOf;
    [this.visit, this.handover] = this.#anew();
  }

  begin(): OrderVisit {
    this.visit.wipe();
    [this.visit, this.handover] = this.#anew();
    return this.visit;
  }

  #anew(): [OrderVisit, Handover] {
    const { vault } = this;
    const visit = new OrderVisit({
      ...this.#parts,
      vault,
      certificatesOf: this.#certificatesOf,
    });
    return [visit, new Handover({ ...this.#parts, visit })];
  }
}

export function certificateErrand(
  certificatesOf: CertificatesOf,
  parts: CertificateErrandParts,
): Errand {
  const { terminal, openness } = parts;
  const visits = new Visits(parts, certificatesOf);
  return {
    id: certificatesOf === 'family' ? 'family-certificate' : 'resident-certificate',
    openness,
    machine: certificateOrderMachine.provide({
      actors: {
        awaitCard: awaitsCard<OrderEvent>(terminal),
        watchCard: watchesCard<OrderEvent>(terminal),
        readCard: fromPromise(({ input }) => visits.begin().readCard(input)),
        askOffers: fromPromise(({ signal }) => visits.visit.offers(signal)),
        fixOrder: fromCallback<OrderEvent, Order>(({ input }) => visits.visit.fix(input)),
        secret: pinOf(terminal, visits),
        issue: fromPromise(({ signal }) => visits.visit.issue(signal)),
        check: fromPromise(({ signal }) => visits.visit.check(signal)),
        handover: handoverOf(terminal, visits),
        closeOrder: fromPromise(async ({ input }): Promise<OrderResult> => {
          const money = await visits.handover.close(input.reason);
          return { next: 'closed', money };
        }),
      },
    }),
    screenOf: (snapshot: AnyMachineSnapshot) =>
      orderScreenOf(snapshot, {
        request: visits.visit.request,
        holder: visits.visit.document?.holder ?? '',
        sheets: visits.visit.sheets,
        means: terminal.paymentUnit()?.means ?? [],
        receipt: visits.handover.receipt,
      }),
    typeSecret: (character) => void visits.vault.add(character),
  };
}

function pinOf(terminal: TerminalParts, visits: Visits) {
  return cardPinMachine.provide({
    actors: {
      countTries: fromPromise(({ input }) => visits.visit.countTries(input)),
      secretPad: secretPad(visits.vault),
      prove: fromPromise(({ input }) => visits.visit.prove(input)),
      watchCard: watchesCard<CardSecretEvent>(terminal),
    },
  });
}

function handoverOf(terminal: TerminalParts, visits: Visits) {
  let tellMoney: (event: HandoverEvent) => void = () => {};
  let tellPrinting: (event: HandoverEvent) => void = () => {};
  const printing: SheetsListener = {
    done: (done) => tellPrinting({ type: 'sheet.done', done }),
    held: (held) =>
      tellPrinting(held === null ? { type: 'printer.goes-on' } : { type: 'printer.waits', held }),
  };
  return certificateHandoverMachine.provide({
    actors: {
      authorise: fromPromise(({ input }) =>
        visits.handover.authorise(input.means, (yen) => tellMoney({ type: 'money.inserted', yen })),
      ),
      watchMoney: fromCallback<StopEvent>(({ receive, sendBack }) => {
        tellMoney = sendBack;
        receive(() => visits.handover.stop());
      }),
      watchCard: watchesCard<HandoverEvent>(terminal),
      printSheets: fromPromise(() => visits.handover.printSheets(printing)),
      watchPrinting: fromCallback<StopEvent>(({ receive, sendBack }) => {
        tellPrinting = sendBack;
        receive(() => visits.handover.stop());
      }),
      settle: fromPromise(() => visits.handover.settle()),
    },
  });
}
