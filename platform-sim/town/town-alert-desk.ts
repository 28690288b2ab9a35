/** What the page needs of whoever sends out alerts: proposed by one operator, sent with the consent of another. */

import type { AlertShown } from './messages.ts';
import type { AlertDraft, TownRequest } from './requests.ts';

/** Why something could not be done; the message is for clerks. */
export class AlertDeskError extends Error {
  override readonly name = 'AlertDeskError';
}

export interface TownAlertDesk {
  /** Proposed ones and those that count, the newest first. */
  list(): readonly AlertShown[];
  /** Each rejects with AlertDeskError. `by`: the operator's name. */
  propose(draft: AlertDraft, by: string): Promise<void>;
  /** `document`: SHA-256 of what whoever consents has read. */
  consent(id: string, document: string, by: string): Promise<void>;
  withdraw(id: string, by: string): Promise<void>;
  end(alert: string, why: Extract<TownRequest, { do: 'end' }>['why'], by: string): Promise<void>;
}
