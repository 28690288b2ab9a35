/** Event entry (チケットレス入場): the list decides who may enter, the ledger remembers who did, the paper says where to sit. */

import { fromPromise } from 'xstate';
import { CardError } from '../../devices/card/card.ts';
import { eventEntryMachine } from '../../state-machines/event-entry.ts';
import { askCard, type CardEvidence, proofOf } from '../card-evidence.ts';
import type { Answer, StepResult } from '../domain/answer.ts';
import type { CertificateVerdict } from '../domain/certificate-verdict.ts';
import { decideEntry } from '../domain/entry-decision.ts';
import {
  type Assurance,
  ageOfList,
  assuranceReaches,
  type EntryRow,
  listShown,
  reachWithoutPin,
} from '../domain/entry-list.ts';
import type { EntryState, NewFact } from '../domain/fact.ts';
import { present } from '../domain/present.ts';
import type { Reason } from '../domain/reason.ts';
import { meetsDemand } from '../domain/revocation.ts';

import type { SensedTap } from '../domain/tap.ts';
import { answerShown, type Said } from '../event-entry/answer-shown.ts';
import { entryReceipt } from '../event-entry/entry-receipt.ts';
import { lackOf } from '../event-entry/list-lack.ts';
import { Passages } from '../event-entry/passages.ts';
import { findRow } from '../find-row.ts';
import type { JournalFields } from '../journal.ts';
import type { PaperOutcome, PlannedPaper } from '../papers.ts';
import type { ListKeys } from '../pki/converted-value.ts';
import type { EventEntryOptions } from '../service-config.ts';
import { DiskFullError } from '../store/ledger.ts';
import type { Lease } from '../store/list-shelf.ts';
import { holdAgainstOthers, OvertakenError, ticketState } from '../store/ticket-state.ts';
import { TapStages } from '../tap-stages.ts';
import type { AnswerShown, Service, TerminalParts } from './service.ts';

const GO_ON: StepResult = { next: 'go-on' };

export function eventEntry(parts: TerminalParts, options: EventEntryOptions): Service {
  /** The one that lasts, or the last one: a gate serves one person at a time. */
  let latest: EntryVisit | null = null;
  const passages = new Passages(parts);

  const begin = (seen: SensedTap): EntryVisit => {
    latest = new EntryVisit(parts, options, passages, seen);
    return latest;
  };
  const visit = ({ tap }: SensedTap): EntryVisit =>
    present(latest?.tap === tap ? latest : null, 'visit');

  return {
    id: 'event-entry',
    needs: ['card', 'receipt'],
    lists: [options.list],

    obstacle() {
      const active = parts.shelf.active(options.list);
      if (active === null || parts.listKeys(options.list) === null) return 'list-missing';
      return lackOf(parts, active.manifest, active.confirmedAt);
    },

    machine: eventEntryMachine.provide({
      actors: {
        leaseList: fromPromise(async ({ input }) => begin(input).leaseList()),
        readCard: fromPromise(({ input }) => visit(input).readCard()),
        verifyCertificate: fromPromise(({ input }) => visit(input).verifyCertificate()),
        proveCard: fromPromise(async ({ input }) => visit(input).proveCard()),
        findEntry: fromPromise(({ input }) => visit(input).findEntry()),
        recordEntry: fromPromise(async ({ input }) => visit(input).recordEntry()),
        recordClaim: fromPromise(async ({ input }) => visit(input).recordClaim()),
        recordRefusal: fromPromise(async ({ input: { seen, answer } }) =>
          visit(seen).recordRefusal(answer),
        ),
        noteUnreadable: fromPromise(async ({ input: { seen, answer } }) =>
          visit(seen).noteUnreadable(answer),
        ),
      },
    }),

    place() {
      const active = parts.shelf.active(options.list);
      const { title, startsAt } = active?.manifest ?? { title: '', startsAt: null };
      const list = active && listShown(active.manifest, active.confirmedAt, parts.now());
      const gate = options.gate ?? parts.terminal;
      return { title, startsAt, gate, list, purpose: { service: 'event-entry' } };
    },

    passages,
    receipts: {
      shown: (tap) => (latest?.tap === tap ? latest.shown : null),
      forget(what) {
        if (what === 'answer') latest = null;
        else if (latest?.shown) latest.shown = { ...latest.shown, name: null };
      },
      watch(tap, owed) {
        let listening = true;
        const receipt = latest?.tap === tap ? latest.receipt : null;
        void receipt?.then((outcome) => {
          if (outcome !== 'printed' && listening) owed();
        });
        return () => {
          listening = false;
        };
      },
    },
  };
}

/**
 * What one tap knows while it lasts. Nothing of it outlives the tap but what is shown, and nothing of it is journaled by
 * itself.
 */
class EntryVisit {
  readonly #parts: TerminalParts;
  readonly #options: EventEntryOptions;
  readonly #passages: Passages;
  readonly tap: number;
  /** What becomes of the paper, once one is being printed. */
  receipt: Promise<PaperOutcome> | null = null;
  shown: AnswerShown | null = null;
  readonly #stages: TapStages;
  #lease: Lease | null = null;
  #keys: ListKeys | null = null;
  #identity: CardEvidence | null = null;
  #verdict: CertificateVerdict | null = null;
  #attendant: string | null = null;
  #row: EntryRow | null = null;
  #state: EntryState | null = null;
  #withPaper = true;
  #detail: string | null = null;

  constructor(
    parts: TerminalParts,
    options: EventEntryOptions,
    passages: Passages,
    seen: SensedTap,
  ) {
    this.#parts = parts;
    this.#options = options;
    this.#passages = passages;
    this.tap = seen.tap;
    this.#stages = new TapStages(seen.sensedAt);
  }

  leaseList(): StepResult {
    this.#lease = this.#parts.shelf.lease(this.#options.list);
    this.#keys = this.#parts.listKeys(this.#options.list);
    if (this.#lease === null || this.#keys === null) return this.#refuse('list-missing');
    const { file, confirmedAt } = this.#lease;
    const lack = lackOf(this.#parts, file.manifest, confirmedAt);
    return lack === null ? GO_ON : this.#refuse(lack);
  }

  async readCard(): Promise<StepResult> {
    const reader = this.#parts.reader();
    if (reader === null) return { next: 'hold-again', reason: 'card-removed' };
    this.#stages.modelled = reader.modelled;
    const least = present(this.#lease, 'lease').file.manifest.assurance;
    return this.#ask(async () => {
      this.#identity = await askCard(reader, this.tap, least, this.#parts.institution());
      this.#stages.read(this.#identity);
      return GO_ON;
    });
  }

  async #ask(talk: () => Promise<StepResult>): Promise<StepResult> {
    try {
      return await talk();
    } catch (error) {
      if (!(error instanceof CardError)) throw error;
      this.#detail = error.message;
      this.#stages.end('read');
      const again = error.fault === 'card-removed' || error.fault === 'card-unreadable';
      return again ? { next: 'hold-again', reason: error.fault } : this.#refuse(error.fault);
    }
  }

  async verifyCertificate(): Promise<StepResult> {
    const { certificate } = present(this.#identity, 'identity');
    let verdict = await this.#parts.trust().verify(certificate, this.#parts.now());
    this.#stages.end('verify');
    if (this.#options.ocsp === 'when-online') {
      verdict = await this.#parts.revocationNow(certificate, verdict, 'briefly');
      this.#stages.end('ocsp');
    }
    this.#verdict = verdict;
    if (!verdict.valid) return this.#refuse(verdict.reason, verdict.detail);
    this.#attendant = this.#parts.attendant(certificate);
    const enough = meetsDemand(verdict.revocation, this.#options.revocation ?? 'any');
    if (enough || this.#attendant !== null) return GO_ON;
    return this.#refuse('revocation-unknown', `revocation list: ${verdict.revocation}`);
  }

  /** A certificate that was read identifies and proves nothing; a list may ask for more. */
  async proveCard(): Promise<StepResult> {
    const by = this.#attendant;
    if (by !== null) return this.#ask(() => this.#recognise(by));
    return this.#hasShown(present(this.#lease, 'lease').file.manifest.assurance);
  }

  /** Whatever the list asks for: a copied certificate opens no menu where the card can be asked for more. */
  async #recognise(by: string): Promise<StepResult> {
    const institution = this.#parts.institution();
    const seen = present(this.#identity, 'identity');
    this.#identity = await proofOf(seen, this.#parts.reader(), this.tap, institution);
    const shown = this.#hasShown(reachWithoutPin(institution !== null));
    if (shown !== GO_ON) return shown;
    this.#end();
    return { next: 'attendant', by };
  }

  #hasShown(least: Assurance): StepResult {
    const { assurance, lacks } = present(this.#identity, 'identity');
    const isEnough = assuranceReaches(assurance, least);
    return isEnough ? GO_ON : this.#refuse('possession-not-proved', lacks);
  }

  async findEntry(): Promise<StepResult> {
    const keys = present(this.#keys, 'keys');
    const { file } = present(this.#lease, 'lease');
    const found = await findRow(file, keys, present(this.#identity, 'identity').certificate);
    // The visit may have ended meanwhile: what it found is not remembered.
    if (this.#lease === null) return { next: 'hold-again', reason: 'card-removed' };
    if ('refusal' in found) {
      this.#stages.end('lookup');
      return this.#refuse(found.refusal, found.detail);
    }
    this.#row = found.row;
    this.#state = ticketState(this.#parts.recorder.ledger, this.#ticket);
    const receipt = this.#parts.papers.stateOf(this.#subject);
    const { reentry } = file.manifest;
    const decision = decideEntry(this.#row, this.#state, receipt, this.#parts.now(), reentry);
    this.#stages.end('lookup');
    switch (decision.decision) {
      case 'grant':
        this.#withPaper = decision.paper;
        return GO_ON;
      case 'claim-receipt':
        return { next: 'claim-receipt' };
      case 'refuse':
        return this.#refuse(decision.reason);
    }
  }

  recordEntry(): StepResult {
    const row = present(this.#row, 'row');
    const party = row.party === '' ? {} : { party: row.party };
    const revocation = this.#verdict?.valid === true ? this.#verdict.revocation : undefined;
    const witness = this.#passages.witness(this.#options.passage ?? 'none');
    const passage = witness && { passage: witness };
    const recorded = this.#record((fields) => {
      const { assurance } = present(this.#identity, 'identity');
      const known = { ticket: row.ticket, ...party, ...fields, assurance, revocation };
      const body = { ...known, listAge: this.#listAge(), ...passage };
      const { reentry } = present(this.#lease, 'lease').file.manifest;
      const { fact, planned } = this.#recordWithPaper('entry.granted', body, () =>
        holdAgainstOthers(this.#parts.recorder.ledger, this.#ticket, reentry),
      );
      if (witness !== null) this.#passages.begin(this.tap, fact);
      const enteredAt = Date.parse(fact.at);
      this.#show({ row, enteredAt, paper: planned !== null });
      this.#print(planned, enteredAt);
    });
    return recorded.next === 'go-on' ? { ...recorded, ...passage } : recorded;
  }

  recordClaim(): StepResult {
    const row = present(this.#row, 'row');
    const enteredAt = Date.parse(present(this.#state?.entered, 'entry').at);
    return this.#record((fields) => {
      const body = { ticket: row.ticket, ...fields, assurance: this.#identity?.assurance };
      const { planned } = this.#recordWithPaper('receipt.claimed', body);
      this.#show({ row, enteredAt });
      this.#print(planned, enteredAt);
    });
  }

  #recordWithPaper(event: NewFact['event'], body: NewFact['body'], first = () => {}) {
    const about = this.#about(present(this.#row, 'row'));
    let planned: PlannedPaper | null = null;
    const [fact] = this.#parts.recorder.record([{ event, subject: this.#subject, body }], {
      steps: (steps) => {
        first();
        if (this.#withPaper) planned = this.#parts.papers.plan(steps, this.#subject, about);
      },
      journal: () => this.#stages.journal(),
    });
    return { fact: present(fact, 'fact'), planned: planned as PlannedPaper | null };
  }

  recordRefusal(answer: Answer): StepResult {
    const reason = answer.answer === 'refused' ? answer.reason : 'card-unreadable';
    const first = (reason === 'already-entered' && this.#state?.entered) || null;
    return this.#record((fields) => {
      this.#parts.recorder.record(
        [
          {
            event: 'entry.refused',
            subject: this.#row === null ? null : this.#subject,
            body: {
              reason,
              ...(this.#row === null ? {} : { ticket: this.#row.ticket }),
              ...fields,
              ...(first === null ? {} : { first: { at: first.at, gate: first.gate } }),
              ...(this.#verdict?.valid === true ? { assurance: this.#identity?.assurance } : {}),
              ...(this.#detail === null ? {} : { detail: this.#detail }),
            },
          },
        ],
        { journal: () => this.#stages.journal() },
      );
      this.#show({ first: first && { at: first.at, gate: first.gate } });
    });
  }

  noteUnreadable(answer: Answer): StepResult {
    this.#end();
    const reason = 'reason' in answer ? answer.reason : 'card-unreadable';
    const detail = this.#detail ?? undefined;
    this.#parts.recorder.note('card.unreadable', { reason, detail, ...this.#stages.journal() });
    return GO_ON;
  }

  /** The durable write. A disk that takes no fact means that nothing was decided. */
  #record(write: (fields: JournalFields) => void): StepResult {
    const manifest = this.#lease?.file.manifest;
    try {
      write({
        list: this.#options.list,
        ...(manifest === undefined ? {} : { version: manifest.version }),
        ...(this.#row === null ? {} : { ref: this.#row.ref }),
        gate: this.#options.gate,
      });
      this.#end();
      return GO_ON;
    } catch (error) {
      if (error instanceof OvertakenError) {
        // Staff let the same ticket in meanwhile, at a keyboard.
        this.#state = ticketState(this.#parts.recorder.ledger, this.#ticket);
        return this.#refuse('already-entered');
      }
      if (!(error instanceof DiskFullError)) throw error;
      this.#parts.recorder.note('card.ignored', { reason: 'disk-full' });
      this.#end();
      return { next: 'not-recorded', reason: 'disk-full' };
    }
  }

  #show(said: Said): void {
    this.shown = answerShown(said, this.#verdict, this.#lease, this.#parts.now());
  }

  /** The gate is open by now: nothing that the printer does changes the answer. */
  #print(planned: PlannedPaper | null, enteredAt: number): void {
    if (planned === null) return;
    const { file, confirmedAt } = present(this.#lease, 'lease');
    const receipt = entryReceipt({
      ...{ planned, row: present(this.#row, 'row'), enteredAt, confirmedAt },
      ...{ manifest: file.manifest, gate: this.#options.gate ?? null, listAge: this.#listAge() },
    });
    this.receipt = this.#parts.papers.print(planned, receipt);
  }

  #listAge() {
    const { file, confirmedAt } = present(this.#lease, 'lease');
    return ageOfList(file.manifest.staleness, confirmedAt, this.#parts.now());
  }

  #about(row: EntryRow) {
    return { ticket: row.ticket, list: this.#options.list, ref: row.ref };
  }

  get #subject(): string {
    return `${this.#options.list}/${present(this.#row, 'row').ref}`;
  }

  get #ticket() {
    const { ticket } = present(this.#row, 'row');
    return { list: this.#options.list, subject: this.#subject, ticket };
  }

  #refuse(reason: Reason, detail = this.#detail): StepResult {
    this.#detail = detail;
    return { next: 'refuse', reason };
  }

  #end(): void {
    this.#lease?.release();
    this.#lease = null;
    this.#keys = null;
    this.#identity = null;
    this.#row = null;
  }
}
