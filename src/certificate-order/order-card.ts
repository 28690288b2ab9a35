/** The card of an order: what it shows of itself, what its holder can get here and now, and what it signs with its PIN. */

import { randomUUID } from 'node:crypto';
import type { CardReader } from '../../devices/card/card.ts';
import type { OrderOffer, OrderResult } from '../../state-machines/certificate-order-setup.ts';
import { type CardEvidence, type CardFailed, proveQuestion, withCard } from '../card-evidence.ts';
import { askValidCard, pinStep } from '../card-steps.ts';
import { askCentre } from '../centre.ts';
import type { StepResult } from '../domain/answer.ts';
import { OF_THE_DOMICILE } from '../domain/municipal-certificate.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { SensedTap } from '../domain/tap.ts';
import { CERTIFICATE_SERVICES, OFFERS_ANSWER } from '../link/certificate-protocol.ts';
import type { PinVault } from '../pin-vault.ts';
import type { TerminalParts } from '../services/service.ts';

/** Certificates of the municipality of the registered domicile, or of the one where somebody lives. */
export type CertificatesOf = 'resident' | 'family';

/** What a card is asked to sign. */
interface Question {
  readonly id: string;
  readonly service: string;
  readonly body: string;
}

const GO_ON = { next: 'go-on' } as const;

export class OrderCard {
  readonly #parts: TerminalParts;
  readonly #vault: PinVault;
  #evidence: CardEvidence | null = null;

  constructor(parts: TerminalParts, vault: PinVault) {
    this.#parts = parts;
    this.#vault = vault;
  }

  /** Of the latest card that was read. */
  get evidence(): CardEvidence {
    return present(this.#evidence, 'evidence');
  }

  forget(): void {
    this.#evidence = null;
    this.#vault.wipe();
  }

  /** Its proof of possession, and the verdict on its certificate. */
  read({ tap }: SensedTap): Promise<OrderResult> {
    this.forget();
    return this.#withCard(async (reader): Promise<OrderResult> => {
      if (this.#parts.trust().anchors === 0) return this.#refuse('trust-missing');
      const shown = await askValidCard(this.#parts, reader, tap);
      if (shown.refused !== null) return this.#refuse(shown.refused, shown.detail);
      this.#evidence = shown.evidence;
      return GO_ON;
    });
  }

  async offers(of: CertificatesOf, signal: AbortSignal): Promise<OrderResult> {
    const asked = await askCentre(
      this.#parts,
      {
        id: randomUUID(),
        service: CERTIFICATE_SERVICES.offers,
        body: '{}',
        answer: OFFERS_ANSWER,
        card: this.evidence,
      },
      signal,
    );
    if (asked.answer === null) return this.#refuse(asked.reason, asked.detail);
    const offers: OrderOffer[] = asked.answer.offers.filter(
      ({ document }) => OF_THE_DOMICILE.has(document) === (of === 'family'),
    );
    if (offers.length > 0) return { next: 'offers', offers };
    return this.#refuse(of === 'family' ? 'registration-missing' : 'municipality-not-taking-part');
  }

  countTries({ tap }: SensedTap): Promise<StepResult> {
    return this.#withCard(async (reader): Promise<StepResult> => {
      return { next: 'pin', tries: await reader.triesLeft(tap) };
    });
  }

  /** Takes the PIN out of the vault, once; the card signs `question` and nothing else. */
  prove({ tap }: SensedTap, question: Question): Promise<StepResult> {
    return this.#withCard(async (reader): Promise<StepResult> => {
      const asked = { terminal: this.#parts.identity(), question };
      const shown = await proveQuestion({ reader, tap, read: this.evidence }, asked, this.#vault);
      return pinStep(shown, {
        recorder: this.#parts.recorder,
        service: CERTIFICATE_SERVICES.issue,
        proved: (evidence) => {
          this.#evidence = evidence;
        },
        refuse: (reason, detail) => this.#refuse(reason, detail),
      });
    });
  }

  #withCard<Result>(work: (reader: CardReader) => Promise<Result>): Promise<Result | CardFailed> {
    return withCard(this.#parts.reader(), work, ({ next, reason }, detail) => {
      if (next === 'refuse') this.#refuse(reason, detail);
      else this.#parts.recorder.note('card.unreadable', { reason, detail });
    });
  }

  #refuse(reason: Reason, detail: string | null = null): { next: 'refuse'; reason: Reason } {
    this.#parts.recorder.note('service.refused', {
      service: CERTIFICATE_SERVICES.offers,
      reason,
      assurance: this.#evidence?.assurance,
      detail: detail ?? undefined,
    });
    return { next: 'refuse', reason };
  }
}
