/** One person's linking at a television: the effects of state-machines/television-link.ts, and all that they know. */

import { randomUUID } from 'node:crypto';
import type { CardReader } from '../../devices/card/card.ts';
import type { Hindrance } from '../../state-machines/television-link-setup.ts';
import { type CardEvidence, proveQuestion, withCard } from '../card-evidence.ts';
import { askValidCard, pinStep } from '../card-steps.ts';
import type { StepResult } from '../domain/answer.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { SensedTap } from '../domain/tap.ts';
import { KeyStoreError } from '../keys/key-store.ts';
import { EVACUATION_SERVICES, LINK_ANSWER } from '../link/evacuation-protocol.ts';
import { askOtherSide } from '../other-side.ts';
import type { PinVault } from '../pin-vault.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import type { LinkedPerson, Links } from './links.ts';

const GO_ON: StepResult = { next: 'go-on' };
const FREE: Hindrance = { reason: null };
const SERVICE = EVACUATION_SERVICES.link;

export interface LinkVisitOptions {
  readonly links: Links;
  readonly vault: PinVault;
  readonly asksPin: boolean;
}

export class LinkVisit {
  readonly #parts: TerminalParts;
  readonly #options: LinkVisitOptions;
  /** Of the question, for its whole life. */
  readonly #id = randomUUID();
  #evidence: CardEvidence | null = null;
  #person: LinkedPerson | null = null;
  #isDone = false;

  constructor(parts: TerminalParts, options: LinkVisitOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  /** Who was linked; null before. */
  get person(): LinkedPerson | null {
    return this.#person;
  }

  lookForHindrance(): Hindrance {
    const { reader, isOnline, institution, trust } = this.#parts;
    if (this.#options.links.isFull) return this.#stopped('television-full');
    if (reader() === null) return this.#stopped('reader-lost');
    if (!isOnline()) return this.#stopped('platform-offline');
    if (institution() === null) return this.#stopped('assurance-out-of-reach');
    return trust().anchors === 0 ? this.#stopped('trust-missing') : FREE;
  }

  readCard({ tap }: SensedTap): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      const shown = await askValidCard(this.#parts, reader, tap);
      if (shown.refused !== null) return this.#refuse(shown.refused, shown.detail);
      this.#evidence = shown.evidence;
      return this.#options.asksPin ? { next: 'ask-pin' } : GO_ON;
    });
  }

  countTries({ tap }: SensedTap): Promise<StepResult> {
    return this.#withCard(async (reader) => ({ next: 'pin', tries: await reader.triesLeft(tap) }));
  }

  provePin({ tap }: SensedTap): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      const read = present(this.#evidence, 'evidence');
      const asked = { terminal: this.#parts.identity(), question: this.#question };
      const shown = await proveQuestion({ reader, tap, read }, asked, this.#options.vault);
      return pinStep(shown, {
        recorder: this.#parts.recorder,
        service: SERVICE,
        proved: (evidence) => {
          this.#evidence = evidence;
        },
        refuse: (reason, detail) => this.#refuse(reason, detail),
      });
    });
  }

  async ask(signal: AbortSignal): Promise<Hindrance> {
    const card = present(this.#evidence, 'evidence');
    const question = { ...this.#question, answer: LINK_ANSWER, card };
    const asked = await askOtherSide(this.#parts, question, 'platform-slow', signal);
    if (asked.answer === null) return this.#stopped(asked.reason, asked.detail);
    if ('refused' in asked.answer) return this.#stopped(asked.answer.refused);
    this.#person = asked.answer;
    return FREE;
  }

  async record(): Promise<Hindrance> {
    const { certificate, assurance } = present(this.#evidence, 'evidence');
    try {
      await this.#options.links.add(present(this.#person, 'person'), certificate, assurance);
    } catch (error) {
      if (!(error instanceof DiskFullError || error instanceof KeyStoreError)) throw error;
      return this.#stopped('link-not-kept', error.message);
    }
    this.#isDone = true;
    return FREE;
  }

  /** What was read of the card is not known any more. Somebody may have been interrupted by an alert. */
  forget(): void {
    this.#options.vault.wipe();
    this.#evidence = null;
    this.#person = null;
    if (this.#isDone) return;
    this.#isDone = true;
    this.#parts.recorder.note('service.cancelled', { service: SERVICE });
  }

  get #question() {
    return { id: this.#id, service: SERVICE, body: '{}' };
  }

  #withCard(work: (reader: CardReader) => Promise<StepResult>): Promise<StepResult> {
    return withCard(this.#parts.reader(), work, (_, detail) =>
      this.#parts.recorder.note('card.unreadable', { detail }),
    );
  }

  #refuse(reason: Reason, detail: string | null = null): StepResult {
    this.#stopped(reason, detail);
    return { next: 'refuse', reason };
  }

  #stopped(reason: Reason, detail: string | null = null): Hindrance {
    this.#isDone = true;
    const fields = { service: SERVICE, reason, detail: detail ?? undefined };
    this.#parts.recorder.note('service.refused', fields);
    return { reason };
  }
}
