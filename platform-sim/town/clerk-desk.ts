/** What one clerk has before them: answers what they ask, keeps the window of the list up to date, and logs what they see first. */

import type { AccessKind, AccessLog } from './access-log.ts';
import type { Clerk } from './clerks.ts';
import type { RowShown, RowsShown, TownAnswer, ViewAsked } from './messages.ts';
import { refusalFor, type TownRequest } from './requests.ts';
import type { Town } from './town.ts';
import { AlertDeskError, type TownAlertDesk } from './town-alert-desk.ts';

/** More is no list to carry about. */
export const PRINTED_MAX = 3_000;

/** The clerk may not, or there is nothing like that. The message is for them. */
export class DeskRefusal extends Error {
  override readonly name = 'DeskRefusal';
}

export class ClerkDesk {
  readonly #town: Town;
  readonly #log: AccessLog;
  readonly #now: () => number;
  #view: ViewAsked | null = null;
  /** JSON of the rows as they were sent, by ref. */
  #sent = new Map<string, string>();
  #order = '';
  /** Refs of this view that stand in the log. */
  #logged = new Set<string>();

  constructor(town: Town, log: AccessLog, now: () => number) {
    this.#town = town;
    this.#log = log;
    this.#now = now;
  }

  /** Rejects with DeskRefusal or AlertDeskError. */
  async answer(request: TownRequest, clerk: Clerk): Promise<TownAnswer> {
    const refusal = refusalFor(request, clerk);
    if (refusal !== null) throw new DeskRefusal(refusal);
    switch (request.do) {
      case 'view':
        this.#view = request.view;
        this.#sent = new Map();
        this.#logged = new Set();
        this.#order = '';
        return { is: 'done' };
      case 'stay':
        return { is: 'done' };
      case 'person':
        return this.#person(request.ref, clerk);
      case 'print':
        return this.#print(request.district, clerk);
      case 'begin':
        return this.#begin(request.since, clerk);
      case 'unlisted':
        return { is: 'unlisted', unlisted: this.#town.unlisted() };
      case 'assign':
        return this.#assign(request.ref, request.who.trim(), clerk);
      case 'propose':
        return this.#alert(clerk, { propose: request.draft }, (desk) =>
          desk.propose(request.draft, clerk.name),
        );
      case 'consent':
        return this.#alert(clerk, { consent: request.id }, (desk) =>
          desk.consent(request.id, request.document, clerk.name),
        );
      case 'withdraw':
        return this.#alert(clerk, { withdraw: request.id }, (desk) =>
          desk.withdraw(request.id, clerk.name),
        );
      case 'end':
        return this.#alert(clerk, { end: request.alert, why: request.why }, (desk) =>
          desk.end(request.alert, request.why, clerk.name),
        );
    }
  }

  /** What of the window is another than it was sent; null: nothing. What is shown for the first time is in the log before. */
  rows({ name }: Clerk): RowsShown | null {
    const view = this.#view;
    if (view === null) return null;
    const { total, refs } = this.#town.find(view);
    const shown = refs.flatMap((ref) => this.#town.row(ref) ?? []);
    const fresh = shown.filter((row) => this.#sent.get(row.ref) !== JSON.stringify(row));
    const order = `${total} ${refs.join(' ')}`;
    if (fresh.length === 0 && order === this.#order) return null;
    const seen = refs.filter((ref) => !this.#logged.has(ref));
    if (seen.length > 0) {
      const { district, search, from } = view;
      this.#note(name, 'list', { district, isSearch: search !== '', from, total, refs: seen });
    }
    for (const ref of seen) this.#logged.add(ref);
    this.#sent = new Map(shown.map((row) => [row.ref, JSON.stringify(row)]));
    this.#order = order;
    return { view, total, order: refs, rows: fresh };
  }

  #person(ref: string, { name }: Clerk): TownAnswer {
    if (this.#town.standings.resident(ref) === null) throw new DeskRefusal('名簿にいない方です。');
    this.#note(name, 'person', { ref });
    const person = this.#town.person(ref);
    if (person === null) throw new DeskRefusal('名簿にいない方です。');
    return { is: 'person', person };
  }

  #print(district: string, { name }: Clerk): TownAnswer {
    const { total, refs } = this.#town.find({ district, search: '', from: 0, count: PRINTED_MAX });
    this.#note(name, 'print', { district, total, refs });
    const rows: RowShown[] = refs.flatMap((ref) => this.#town.row(ref) ?? []);
    return { is: 'printable', rows, total };
  }

  #assign(ref: string, who: string, clerk: Clerk): TownAnswer {
    if (this.#town.standings.resident(ref) === null) throw new DeskRefusal('名簿にいない方です。');
    this.#note(clerk.name, 'assign', { ref, isTakenBack: who === '' });
    this.#town.assign(ref, who, clerk);
    return { is: 'done' };
  }

  async #begin(since: number, clerk: Clerk): Promise<TownAnswer> {
    this.#note(clerk.name, 'begin', { since });
    if (await this.#town.begin(since, clerk)) return { is: 'done' };
    throw new DeskRefusal('ほかの職員が、いま数え始めました。画面を見直してください。');
  }

  async #alert(
    clerk: Clerk,
    detail: Readonly<Record<string, unknown>>,
    work: (desk: TownAlertDesk) => Promise<void>,
  ): Promise<TownAnswer> {
    const { desk } = this.#town;
    if (desk === null) throw new DeskRefusal('ここから避難情報は出せません。');
    this.#note(clerk.name, 'alert', detail);
    await work(desk);
    await this.#town.tick();
    return { is: 'done' };
  }

  #note(clerk: string, what: AccessKind, detail: Readonly<Record<string, unknown>>): void {
    this.#log.note({ at: this.#now(), clerk, what, detail });
  }
}

/** In words for the clerk; null: it is a fault of the program. */
export function refusalIn(error: unknown): string | null {
  const isMeant = error instanceof DeskRefusal || error instanceof AlertDeskError;
  return isMeant ? error.message : null;
}
