/** The municipality's desk for alerts, in the words of its page. */

import type { AlertDesk, AlertEntry, AlertStanding } from '../alerts/alert-desk.ts';
import { InputError } from '../input-error.ts';
import type { AlertShown } from './messages.ts';
import type { AlertDraft } from './requests.ts';
import { AlertDeskError, type TownAlertDesk } from './town-alert-desk.ts';

const STATES: Partial<Record<AlertStanding, AlertShown['state']>> = {
  proposed: 'proposed',
  'in-force': 'active',
  over: 'over',
};

export class MunicipalDesk implements TownAlertDesk {
  readonly #desk: AlertDesk;
  readonly #municipality: string;

  /** `municipality`: whose clerks sit there; what others say is none of theirs. */
  constructor(desk: AlertDesk, municipality: string) {
    this.#desk = desk;
    this.#municipality = municipality;
  }

  list(): AlertShown[] {
    return this.#own().flatMap((entry) => shown(entry) ?? []);
  }

  async propose({ level, drill, districts, what, hours }: AlertDraft, by: string): Promise<void> {
    const said = { level, drill, districts, minutes: hours * 60, ...(what && { what }) };
    const municipality = this.#municipality;
    attempt(() => this.#desk.propose({ do: 'alert', municipality, ...said }, by));
  }

  async consent(id: string, document: string, by: string): Promise<void> {
    if (this.#message(id).proposedBy === by)
      throw new AlertDeskError('自分の案には、同意できません。');
    await this.#desk.consent(id, document, by).catch(refuse);
  }

  async withdraw(id: string, by: string): Promise<void> {
    this.#message(id);
    attempt(() => this.#desk.withdraw(id, by));
  }

  async end(alert: string, why: 'all-clear' | 'cancel', by: string): Promise<void> {
    if (!this.#own().some((entry) => entry.alert === alert)) throw unknown();
    attempt(() => this.#desk.propose({ do: why, alert }, by));
  }

  #own(): AlertEntry[] {
    return this.#desk.list().filter(({ municipality }) => municipality === this.#municipality);
  }

  #message(id: string): AlertEntry {
    const entry = this.#own().find((one) => one.id === id);
    if (entry === undefined) throw unknown();
    return entry;
  }
}

function unknown(): AlertDeskError {
  return new AlertDeskError('その避難情報はありません。一覧を見直してください。');
}

function shown(entry: AlertEntry): AlertShown | null {
  const { id, alert, is, sha256, level, drill, districts, what, standing, proposedBy } = entry;
  const state = STATES[standing];
  if (state === undefined) return null;
  return {
    ...{
      id,
      alert,
      is,
      document: sha256,
      level,
      drill,
      districts,
      what: what.ja,
      state,
      proposedBy,
    },
    at: Date.parse(entry.sentAt),
    expiresAt: Date.parse(entry.expiresAt),
  };
}

function attempt(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    refuse(error);
  }
}

/** The desk says in English what it is for those who type commands. */
function refuse(error: unknown): never {
  if (!(error instanceof InputError)) throw error;
  throw new AlertDeskError(`できませんでした。一覧を見直してください。（${error.message}）`);
}
