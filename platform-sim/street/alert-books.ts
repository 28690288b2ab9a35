/**
 * The platform's book of alerts in the hands of somebody who can write to its disk: what lies there as sent is told to terminals,
 * whoever wrote it. Also how a day ends, as what is over would be told for another twelve hours.
 */

import { randomUUID } from 'node:crypto';
import { type CapDraft, writeCap } from '../alerts/cap-writer.ts';
import { draftAlert } from '../alerts/drafting.ts';
import type { ALERT_ORDER } from '../alerts/order.ts';
import { shippedPlan } from '../alerts/plans.ts';
import { openDatabase, type SqliteDatabase } from '../database.ts';
import { SHIOMI_CODE } from '../evacuation/evacuee.ts';
import type { PlatformKeys } from '../signing.ts';

/** 風待村 has an alert key, too. */
export const NEXT_TOWN = '990045';
const DAY_MS = 86_400_000;
/** A forgery is told to those who connect for so long. */
const TOLD_MS = 20_000;
const DISTRICT = 'kawara';

/** Why each must not be believed. */
export const FALSE_ALERTS = ['foreign', 'forged', 'expired', 'replayed'] as const;
export type FalseAlert = (typeof FALSE_ALERTS)[number];

export class AlertBooks {
  readonly #db: SqliteDatabase;
  readonly #keys: PlatformKeys;

  /** `state`: the platform's folder, with its alerts.db. */
  constructor(state: string, keys: PlatformKeys) {
    this.#db = openDatabase(state, 'alerts.db', '', 1);
    this.#keys = keys;
  }

  close(): void {
    this.#db.close();
  }

  /** Whatever was sent is told to nobody any more. */
  lapse(): void {
    const now = Date.now();
    this.#db.prepare('UPDATE message SET expires = ? WHERE expires > ?').run(now, now);
  }

  /** Has terminals of the district told a false alert of level 5. `ended`: the id of one that was sent and is over. */
  async smuggle(how: FalseAlert, ended: string): Promise<void> {
    const now = Date.now();
    const draft = draftOf(how === 'expired' ? now - DAY_MS : now);
    this.#put(draft, await this.#signed(how, writeCap(draft), ended));
  }

  async #signed(how: FalseAlert, document: Buffer, ended: string): Promise<Buffer> {
    switch (how) {
      case 'foreign':
        return this.#keys.signAlert(NEXT_TOWN, document);
      case 'forged':
        return changed(await this.#keys.signAlert(SHIOMI_CODE, document));
      case 'expired':
        return this.#keys.signAlert(SHIOMI_CODE, document);
      case 'replayed':
        return this.#db
          .prepare('SELECT signed FROM message WHERE id = ?')
          .pluck()
          .get(ended) as Buffer;
    }
  }

  /** To the desk it looks as if it had expired, so that no clerk minds it. */
  #put(draft: CapDraft, signed: Buffer): void {
    const id = randomUUID();
    const now = Date.now();
    this.#db
      .prepare(
        `INSERT INTO message (id, alert, municipality, draft, document, sha256, expires, audience,
           proposed_by, proposed_at, consented_by, consented_at, signed, told)
         VALUES (@id, @id, @municipality, @draft, X'', '', @expires, @audience,
           'nobody', @now, 'nobody', @now, @signed, (SELECT coalesce(max(told), 0) + 1 FROM message))`,
      )
      .run({
        ...{ id, signed, now, municipality: SHIOMI_CODE },
        draft: JSON.stringify({ ...draft, expires: now }),
        expires: now + TOLD_MS,
        audience: JSON.stringify([DISTRICT]),
      });
  }
}

function draftOf(now: number): CapDraft {
  const order: Extract<(typeof ALERT_ORDER)['_output'], { do: 'alert' }> = {
    do: 'alert',
    municipality: SHIOMI_CODE,
    drill: false,
    level: 5,
    districts: [DISTRICT],
    minutes: 60,
  };
  return draftAlert(order, { planOf: shippedPlan }, now);
}

/** The same signature over other words. */
function changed(signed: Buffer): Buffer {
  const at = signed.indexOf('<expires>');
  if (at < 0) throw new Error('the document has no such element');
  const bytes = Buffer.from(signed);
  bytes.write('9', at + '<expires>'.length + '20'.length);
  return bytes;
}
