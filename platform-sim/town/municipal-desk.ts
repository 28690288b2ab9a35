/** The municipality's desk for alerts, in the words of its page. */

import type { AlertDesk, AlertEntry, AlertStanding } from '../alerts/alert-desk.ts';
import { SHIOMI_CODE } from '../evacuation/evacuee.ts';
import { InputError } from '../input-error.ts';
import { AlertDeskError, type TownAlertDesk } from './alert-desk.ts';
import type { AlertShown } from './messages.ts';
import type { AlertDraft } from './requests.ts';

const STATES: Partial<Record<AlertStanding, AlertShown['state']>> = {
  proposed: 'proposed',
  'in-force': 'active',
  over: 'over',
};

export class MunicipalDesk implements TownAlertDesk {
  readonly #desk: AlertDesk;

  constructor(desk: AlertDesk) {
    this.#desk = desk;
  }

  list(): AlertShown[] {
    return this.#desk
      .list()
      .filter(({ municipality }) => municipality === SHIOMI_CODE)
      .flatMap((entry) => shown(entry) ?? []);
  }

  async propose({ level, drill, districts, what, hours }: AlertDraft, by: string): Promise<void> {
    const said = { level, drill, districts, minutes: hours * 60, ...(what && { what }) };
    attempt(() => this.#desk.propose({ do: 'alert', municipality: SHIOMI_CODE, ...said }, by));
  }

  async consent(id: string, document: string, by: string): Promise<void> {
    const entry = this.#desk.list().find((one) => one.id === id);
    if (entry?.proposedBy === by) throw new AlertDeskError('自分の案には、同意できません。');
    await this.#desk.consent(id, document, by).catch(refuse);
  }

  async withdraw(id: string, by: string): Promise<void> {
    attempt(() => this.#desk.withdraw(id, by));
  }

  async end(alert: string, why: 'all-clear' | 'cancel', by: string): Promise<void> {
    attempt(() => this.#desk.propose({ do: why, alert }, by));
  }
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
