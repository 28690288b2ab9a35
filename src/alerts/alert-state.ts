/**
 * The alerts of one terminal: verified, durable before they are shown, there again after every start without a network, and
 * shown until they are cancelled, changed or expired. It waits for nothing and for no earlier one (DESIGN: state, no command).
 */

import type { Clock } from '../clock.ts';
import type { ActiveAlert, Alerts } from '../domain/alert.ts';
import { ALERT_BYTES_MAX, type WirePlace } from '../link/alert-protocol.ts';
import { openAlertObject } from '../pki/alert-object.ts';
import { SignedObjectError, type Signers } from '../pki/signed-object.ts';
import { DiskFullError } from '../store/disk.ts';
import type { Ledger } from '../store/ledger.ts';
import { AlertError } from './alert-error.ts';
import { type AlertTime, activeAlerts, hasExpired, neededOf } from './fold.ts';
import { ALERT_MESSAGE, type AlertMessage, alertOf, readMessage } from './message.ts';
import { type Journal, Rejections } from './rejections.ts';

interface AlertStateOptions {
  readonly place: WirePlace;
  readonly ledger: Pick<Ledger, 'alerts' | 'record'>;
  readonly clock: Pick<Clock, 'now' | 'quality' | 'floor' | 'isAgreed'>;
  readonly recorder: { note: Journal };
  /** Monotonic, ms. */
  readonly mono?: () => number;
}

/** A document with its signature and certificate; what is larger is not taken apart. */
const SIGNED_BYTES_MAX = ALERT_BYTES_MAX + 16_384;
/** A municipality that has so many has lost count of them. */
const MESSAGES_MAX = 512;
/** What is over is remembered for so long, so that it is known when it comes again. */
const REMEMBERED_MS = 30 * 86_400_000;
/** How far a municipality's clock may be ahead of the platform's. */
const SKEW_MS = 5 * 60_000;
/** Nobody announces that time passes, or that a clock was set. */
const LOOK_EVERY_MS = 1_000;
const SAVE_AGAIN_MS = 60_000;

export class AlertState implements Alerts {
  readonly #options: AlertStateOptions;
  readonly #district: string | null;
  readonly #mono: () => number;
  readonly #rejections: Rejections;
  readonly #listeners = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #messages: ReadonlyMap<string, AlertMessage> = new Map();
  /** Those of them whose time was over when the time was known. */
  readonly #expired = new Set<string>();
  #shown: readonly ActiveAlert[] = [];
  /** When what is in memory alone is to be tried again; null: all of it is durable. */
  #saveAt: number | null = null;

  private constructor(options: AlertStateOptions) {
    this.#options = options;
    this.#district = options.place.district ?? null;
    this.#mono = options.mono ?? (() => performance.now());
    this.#rejections = new Rejections(
      (event, fields) => options.recorder.note(event, fields),
      this.#mono,
    );
    this.#messages = this.#kept();
    this.#shown = this.#active();
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** With what the ledger holds; nothing is asked of a network. Null where the terminal stands nowhere. */
  static at(
    place: WirePlace | undefined,
    parts: Omit<AlertStateOptions, 'place'>,
  ): AlertState | null {
    return place === undefined ? null : new AlertState({ ...parts, place });
  }

  get place(): WirePlace {
    return this.#options.place;
  }

  now(): readonly ActiveAlert[] {
    return this.#shown;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Believes a CMS SignedData, or journals why not. Rejects on a defect only. */
  async take(cms: Uint8Array, signers: Signers): Promise<void> {
    let alert: string | undefined;
    try {
      const message = await this.#verify(cms, signers);
      alert = alertOf(message);
      this.#judgeTime(message);
      this.#add(message);
    } catch (error) {
      const isExpected = error instanceof AlertError || error instanceof SignedObjectError;
      if (!isExpected) throw error;
      const reason = error instanceof AlertError ? error.fault : error.reason;
      this.#rejections.tell(reason, error.message, alert);
    }
  }

  /** Looks at what nobody announces: time has passed, or a clock was set. */
  look(): void {
    if (this.#saveAt !== null && this.#mono() >= this.#saveAt) this.#save();
    if (this.#noteExpired()) this.#save();
    const before = this.#shown;
    const now = this.#active();
    if (signOf(now) === signOf(before)) return;
    this.#shown = now;
    for (const { id, state } of before) {
      const after = now.find((each) => each.id === id);
      if (after === undefined)
        this.#options.recorder.note('alert.over', { alert: id, why: 'expired' });
      else if (state === 'active' && after.state === 'over') {
        this.#options.recorder.note('alert.over', { alert: id, why: this.#whyOver(id) });
      }
    }
    for (const listener of this.#listeners) listener();
  }

  /** What has ended is not to come back with a start that does not know the time. */
  #noteExpired(): boolean {
    const time = this.#time();
    const before = this.#expired.size;
    for (const message of this.#messages.values()) {
      if (hasExpired(message, time)) this.#expired.add(message.id);
    }
    return this.#expired.size > before;
  }

  async #verify(cms: Uint8Array, signers: Signers): Promise<AlertMessage> {
    const time = this.#time();
    const now = time.isSet && time.isAgreed ? time.now : null;
    if (cms.length > SIGNED_BYTES_MAX) throw new AlertError('too-large', `${cms.length} bytes`);
    const { municipality, document } = await openAlertObject(cms, signers, now);
    if (municipality !== this.#options.place.municipality) {
      throw new AlertError('foreign', 'another municipality signed it');
    }
    const message = readMessage(document);
    if (message.municipality.code !== municipality) {
      throw new AlertError('foreign', 'it speaks for another municipality than signed it');
    }
    return message;
  }

  /** With a clock that is not set it is shown all the same, and marked: better too early or too late than not. */
  #judgeTime(message: AlertMessage): void {
    const time = this.#time();
    if (hasExpired(message, time)) throw new AlertError('expired', `at ${message.expiresAt}`);
    if (time.isSet && time.isAgreed && time.now < Date.parse(message.from) - SKEW_MS) {
      throw new AlertError('not-yet-valid', `from ${message.from} on`);
    }
  }

  #add(message: AlertMessage): void {
    const known = this.#messages.get(message.id);
    if (known !== undefined) {
      // The platform tells it again with every welcome.
      if (JSON.stringify(known) === JSON.stringify(message)) return;
      throw new AlertError('twice', 'another message has its identifier');
    }
    const needed = neededOf([...this.#messages.values(), message], this.#district);
    if (!needed.includes(message)) {
      throw new AlertError('superseded', 'it was changed since, or is over');
    }
    if (needed.length > MESSAGES_MAX) throw new AlertError('too-many', `more than ${MESSAGES_MAX}`);
    this.#messages = byId(needed);
    this.#save();
    this.#options.recorder.note('alert.taken', {
      alert: alertOf(message),
      level: Math.max(0, ...message.parts.map(({ level }) => level)) || undefined,
      message: message.is,
      drill: message.drill,
      districts: message.parts.flatMap(({ districts }) => districts),
    });
    this.look();
  }

  /** A disk that is full must not keep anybody from leaving: it is shown, and kept as soon as there is room. */
  #save(): void {
    const { ledger } = this.#options;
    this.#messages = this.#remembered();
    for (const id of this.#expired) if (!this.#messages.has(id)) this.#expired.delete(id);
    const kept = [...this.#messages.values()].map((message) => ({
      id: message.id,
      said: JSON.stringify(message),
      expired: this.#expired.has(message.id) ? (1 as const) : (0 as const),
    }));
    try {
      ledger.record([], () => ledger.alerts.replace(kept));
      this.#saveAt = null;
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#saveAt = this.#mono() + SAVE_AGAIN_MS;
    }
  }

  #remembered(): ReadonlyMap<string, AlertMessage> {
    const { floor } = this.#time();
    const isRemembered = ({ expiresAt }: AlertMessage) =>
      floor < Date.parse(expiresAt) + REMEMBERED_MS;
    return byId([...this.#messages.values()].filter(isRemembered));
  }

  #kept(): ReadonlyMap<string, AlertMessage> {
    const { ledger, place } = this.#options;
    const messages = ledger.alerts.all().flatMap(({ id, said, expired }) => {
      if (expired === 1) this.#expired.add(id);
      const parsed = ALERT_MESSAGE.safeParse(JSON.parse(said));
      return parsed.success && parsed.data.municipality.code === place.municipality
        ? [parsed.data]
        : [];
    });
    return byId(messages);
  }

  #active(): readonly ActiveAlert[] {
    return activeAlerts(this.#messages.values(), this.#district, this.#time());
  }

  #time(): AlertTime {
    const { clock } = this.#options;
    const isSet = clock.quality() !== 'unset';
    return {
      now: clock.now(),
      floor: clock.floor,
      isAgreed: clock.isAgreed,
      isSet,
      expired: this.#expired,
    };
  }

  #whyOver(id: string): string {
    const about = [...this.#messages.values()].filter((message) => alertOf(message) === id);
    const end = about.find((message) => message.is === 'cancel' || message.is === 'all-clear');
    return end?.is ?? 'elsewhere';
  }
}

function byId(messages: readonly AlertMessage[]): ReadonlyMap<string, AlertMessage> {
  return new Map(messages.map((message) => [message.id, message]));
}

/** Another one for whatever a screen would draw otherwise. */
function signOf(shown: readonly ActiveAlert[]): string {
  return shown
    .map(({ id, drill, state, sentAt, timeUnknown }) =>
      [id, drill, state, sentAt, timeUnknown].join(' '),
    )
    .join('\n');
}
