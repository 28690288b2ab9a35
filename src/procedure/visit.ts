/** One card at a plain online service: the effects of state-machines/procedure.ts, and all that they know. */

import { randomUUID } from 'node:crypto';
import type { CardReader } from '../../devices/card/card.ts';
import { askCard, type CardEvidence, proveQuestion, withCard } from '../card-evidence.ts';
import { pinStep } from '../card-steps.ts';
import type { Answer, StepResult } from '../domain/answer.ts';
import { type Assurance, assuranceReaches, reachWithoutPin } from '../domain/entry-list.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import type { SensedTap } from '../domain/tap.ts';
import { askOtherSide } from '../other-side.ts';
import type { PinVault } from '../pin-vault.ts';
import type { TerminalParts } from '../services/service.ts';
import { DiskFullError } from '../store/ledger.ts';
import { TapStages } from '../tap-stages.ts';
import type { ProcedureDefinition } from './definition.ts';

const GO_ON: StepResult = { next: 'go-on' };

export class ProcedureVisit<Found> {
  readonly tap: number;
  readonly #parts: TerminalParts;
  readonly #definition: ProcedureDefinition<Found>;
  readonly #vault: PinVault;
  readonly #stages: TapStages;
  /** Of the question, for its whole life. */
  readonly #id = randomUUID();
  #evidence: CardEvidence | null = null;
  #found: { readonly answer: Found } | null = null;
  #detail: string | null = null;

  constructor(
    parts: TerminalParts,
    definition: ProcedureDefinition<Found>,
    vault: PinVault,
    seen: SensedTap,
  ) {
    this.#parts = parts;
    this.#definition = definition;
    this.#vault = vault;
    this.tap = seen.tap;
    this.#stages = new TapStages(seen.sensedAt);
  }

  readCard(): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      this.#stages.modelled = reader.modelled;
      const institution = this.#asksPin ? null : this.#parts.institution();
      const evidence = await askCard(reader, this.tap, 'possession', institution);
      this.#evidence = evidence;
      this.#stages.read(evidence);
      return GO_ON;
    });
  }

  async verifyCertificate(): Promise<StepResult> {
    const { certificate, assurance, lacks } = present(this.#evidence, 'evidence');
    const trust = this.#parts.trust();
    const verdict = await trust.verify(certificate, this.#parts.now());
    this.#stages.end('verify');
    // Without authorities no verdict says anything about the card.
    const isVerdict = trust.anchors > 0;
    if (isVerdict && !verdict.valid) return this.#refuse(verdict.reason, verdict.detail);
    const by = isVerdict ? this.#parts.attendant(certificate) : null;
    if (by !== null) return this.#attendant(by, assurance, lacks);
    if (!this.#parts.isOnline()) return this.#refuse('platform-offline');
    if (!isVerdict) return this.#refuse('trust-missing');
    if (this.#asksPin) return { next: 'ask-pin' };
    const isEnough = assuranceReaches(assurance, this.#definition.assurance);
    return isEnough ? GO_ON : this.#refuse('possession-not-proved', lacks);
  }

  countTries(): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      return { next: 'pin', tries: await reader.triesLeft(this.tap) };
    });
  }

  provePin(): Promise<StepResult> {
    return this.#withCard(async (reader) => {
      const read = present(this.#evidence, 'evidence');
      const asked = { terminal: this.#parts.identity(), question: this.#question() };
      const shown = await proveQuestion({ reader, tap: this.tap, read }, asked, this.#vault);
      return pinStep(shown, {
        recorder: this.#parts.recorder,
        service: this.#definition.id,
        proved: (evidence) => {
          this.#evidence = evidence;
        },
        refuse: (reason, detail) => this.#refuse(reason, detail),
      });
    });
  }

  async askPlatform(signal: AbortSignal): Promise<StepResult> {
    const { answer } = this.#definition;
    const question = { ...this.#question(), answer, card: present(this.#evidence, 'evidence') };
    // Were it silent too long, the machine has gone on by then; nobody is told.
    const asked = await askOtherSide(this.#parts, question, 'platform-slow', signal);
    this.#stages.end('ask');
    if (asked.reason !== null) return this.#refuse(asked.reason, asked.detail);
    this.#found = { answer: asked.answer };
    return { next: 'tell', told: this.#definition.tells(asked.answer) };
  }

  /** The durable write. A disk that takes no fact means that nothing was found out. */
  recordAnswer(): StepResult {
    const { answer } = present(this.#found, 'answer');
    const { assurance } = present(this.#evidence, 'evidence');
    try {
      const fact = this.#definition.records(answer, assurance);
      this.#parts.recorder.record([fact], { journal: () => this.#stages.journal() });
      return GO_ON;
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#parts.recorder.note('card.ignored', { reason: 'disk-full' });
      this.#found = null;
      return { next: 'not-recorded', reason: 'disk-full' };
    } finally {
      this.#evidence = null;
    }
  }

  /** What follows from what is durable by now; it may change what is told, never what was found. */
  async act(): Promise<StepResult> {
    const { answer } = present(this.#found, 'answer');
    this.#end();
    const told = await this.#definition.acts?.(answer, () => this.#isThere);
    return told ? { next: 'tell', told } : GO_ON;
  }

  noteRefusal(answer: Answer): StepResult {
    this.#parts.recorder.note('service.refused', {
      service: this.#definition.id,
      reason: 'reason' in answer ? answer.reason : undefined,
      assurance: this.#evidence?.assurance,
      detail: this.#detail ?? undefined,
      ...this.#stages.journal(),
    });
    this.#end();
    return GO_ON;
  }

  noteUnreadable(answer: Answer): StepResult {
    this.#parts.recorder.note('card.unreadable', {
      reason: 'reason' in answer ? answer.reason : undefined,
      detail: this.#detail ?? undefined,
      ...this.#stages.journal(),
    });
    this.#end();
    return GO_ON;
  }

  noteCancelled(): StepResult {
    const { id: service } = this.#definition;
    this.#parts.recorder.note('service.cancelled', { service, ...this.#stages.journal() });
    this.#end();
    return GO_ON;
  }

  /** A copy of an attendant's certificate opens no menu where this terminal can ask for more. */
  #attendant(by: string, assurance: Assurance, lacks: string): StepResult {
    const least = reachWithoutPin(this.#parts.institution() !== null);
    if (!assuranceReaches(assurance, least)) return this.#refuse('possession-not-proved', lacks);
    this.#end();
    return { next: 'attendant', by };
  }

  /** Whether the card of this visit still lies there. */
  get #isThere(): boolean {
    return this.#parts.cardInField()?.tap === this.tap;
  }

  get #asksPin(): boolean {
    return this.#definition.assurance === 'possession+pin';
  }

  #withCard(work: (reader: CardReader) => Promise<StepResult>): Promise<StepResult> {
    return withCard(this.#parts.reader(), work, (_, detail) => {
      this.#detail = detail;
    });
  }

  #question() {
    const { id: service, asks } = this.#definition;
    return { id: this.#id, service, body: JSON.stringify(asks) };
  }

  #refuse(reason: Reason, detail = this.#detail): StepResult {
    this.#detail = detail;
    return { next: 'refuse', reason };
  }

  #end(): void {
    this.#evidence = null;
    this.#found = null;
    this.#vault.wipe();
  }
}
