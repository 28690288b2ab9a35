/** The terminal's next certificate, asked for over the live link when two thirds of this one's life are over. */

import type { EventName } from '../domain/events.ts';
import type { TerminalIdentity } from './identity.ts';
import type { TerminalFrame } from './protocol.ts';

export interface RenewalOptions {
  readonly identity: Pick<TerminalIdentity, 'isRenewalDue' | 'request' | 'take'>;
  /** DER of the platform's CA certificate. */
  readonly ca: Uint8Array;
  readonly send: (frame: TerminalFrame) => void;
  readonly journal: (event: EventName, fields: Readonly<Record<string, unknown>>) => void;
  /** The next certificate is kept. */
  readonly onRenewed: () => void;
}

export class Renewal {
  readonly #options: RenewalOptions;
  /** Once a link: a platform that does not answer is asked again over the next one. */
  #asked = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** With every heartbeat. */
  look(): void {
    const { identity, send } = this.#options;
    if (this.#asked || !identity.isRenewalDue()) return;
    this.#asked = true;
    identity.request().then(
      (request) => send({ frame: 'renew', request: request.toString('base64') }),
      (error: unknown) => this.#refused(error),
    );
  }

  /** False for a certificate that nobody asked for. */
  take(certificate: Buffer): boolean {
    if (!this.#asked) return false;
    const { identity, ca, journal, onRenewed } = this.#options;
    identity.take(certificate, ca).then(
      (fault) => {
        if (fault === null) {
          journal('identity.renewed', {});
          onRenewed();
        } else {
          journal('identity.rejected', { detail: fault });
        }
      },
      (error: unknown) => this.#refused(error),
    );
    return true;
  }

  /** A key store or a disk that fails: this certificate is good for weeks yet. */
  #refused(error: unknown): void {
    if (!(error instanceof Error)) throw error;
    this.#options.journal('identity.rejected', { detail: error.message });
  }
}
