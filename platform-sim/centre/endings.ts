/**
 * How transactions end: by what the terminal's facts say, and by nothing else. A transaction that nobody ends is voided only
 * when the facts show that its session is over and that the terminal never took it.
 */

import { z } from 'zod';
import type { SqliteDatabase } from '../database.ts';
import type { FactFeed } from '../fact-log.ts';
import { FACT } from '../fact-schema.ts';
import type { Audit } from './audit.ts';
import { only } from './database.ts';
import type { Issue, IssueEnd, Issues } from './issues.ts';

const PRINTED = 'certificate.printed';
const VOIDED = 'certificate.voided';
/** Facts that name a request: whoever writes one has taken it. */
const TELLING = [
  'certificate.issued',
  'sheet.intent',
  'sheet.done',
  'kiosk.stopped',
  PRINTED,
  VOIDED,
] as const;

const BODY = z.looseObject({
  request: z.uuid(),
  sheets: z.int().nonnegative().optional().catch(undefined),
  reason: z.string().max(64).optional().catch(undefined),
});

/** From the question until the centre may think of voiding. */
const UNENDED_MS = 15 * 60_000;

export class Endings {
  readonly #db: SqliteDatabase;
  readonly #issues: Issues;
  readonly #audit: Audit;
  readonly #facts: FactFeed;
  #mark = '';
  #seen: number;

  constructor(db: SqliteDatabase, issues: Issues, audit: Audit, facts: FactFeed) {
    this.#db = db;
    this.#issues = issues;
    this.#audit = audit;
    this.#facts = facts;
    const row = db.prepare('SELECT arrival FROM fact_cursor').pluck().get();
    this.#seen = only<number>(row) ?? 0;
  }

  /** Takes what terminals have told since the last time. What is heard twice changes nothing. */
  async heed(now: number): Promise<void> {
    const mark = this.#facts.changeMark();
    if (mark === this.#mark) return;
    const { upto, facts } = await this.#facts.ofEventsAfter(TELLING, this.#seen);
    if (facts.length > 0) this.#takeAll(facts, upto, now);
    this.#seen = upto;
    this.#mark = mark;
  }

  /** What follows from them, and how far was read: kept together, or read again. */
  #takeAll(facts: readonly string[], upto: number, now: number): void {
    const keepCursor = this.#db.prepare(
      'INSERT OR REPLACE INTO fact_cursor (one, arrival) VALUES (1, ?)',
    );
    this.#db
      .transaction(() => {
        for (const json of facts) this.#take(json, now);
        keepCursor.run(upto);
      })
      .immediate();
  }

  /** Voids what its terminal never took, once it has told of a later request. */
  sweep(now: number): void {
    for (const issue of this.#issues.unended(now - UNENDED_MS)) {
      if (this.#isTold(issue.request)) continue;
      const later = this.#issues.laterOf(issue.terminal, issue.asked);
      if (!later.some((request) => this.#isTold(request))) continue;
      this.#end(issue, { state: 'voided', at: now, why: 'never-taken', sheets: 0 });
    }
  }

  #take(json: string, now: number): void {
    const fact = FACT.parse(JSON.parse(json));
    const body = BODY.safeParse(fact.body);
    if (!body.success) return;
    const { request, reason = null, sheets = null } = body.data;
    const issue = this.#issues.get(request);
    // No terminal ends what another one began.
    if (issue === null || issue.terminal !== fact.terminal) return;
    this.#db.prepare('INSERT INTO told (request) VALUES (?) ON CONFLICT DO NOTHING').run(request);
    if (fact.event !== PRINTED && fact.event !== VOIDED) return;
    const state = fact.event === PRINTED ? 'printed' : 'voided';
    this.#end(issue, { state, at: now, why: reason, sheets });
  }

  #end({ request, terminal, certificate }: Issue, end: IssueEnd): void {
    if (!this.#issues.end(request, end)) return;
    this.#audit.note({
      ...{ at: end.at, terminal, service: 'end', certificate, request, record: null },
      result: end.why === null ? end.state : `${end.state} ${end.why}`,
    });
  }

  #isTold(request: string): boolean {
    return this.#db.prepare('SELECT 1 FROM told WHERE request = ?').get(request) !== undefined;
  }
}
