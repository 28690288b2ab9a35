/** One link's TLS connections: the websocket's, and those that fetch objects beside it. All show the same identity. */

import type { Socket } from 'node:net';
import type { Clock } from '../clock.ts';
import type { TerminalIdentity } from './identity.ts';
import { type PlatformFault, platformFault } from './platform-certificate.ts';
import { connectSecurely } from './secure-transport.ts';

const HTTPS_PORT = 443;

export interface SecureLinkOptions {
  /** `wss://...` */
  readonly url: string;
  readonly identity: TerminalIdentity;
  /** DER of the platform's CA certificate. */
  readonly ca: Buffer;
  readonly clock: Pick<Clock, 'now' | 'quality'>;
  readonly timeoutMs: number;
}

export class SecureLink {
  readonly identity: TerminalIdentity;
  readonly ca: Buffer;
  readonly #options: SecureLinkOptions;
  readonly #host: string;
  readonly #port: number;
  #shown: Buffer | null = null;

  constructor(options: SecureLinkOptions) {
    const { hostname, port } = new URL(options.url);
    this.identity = options.identity;
    this.ca = options.ca;
    this.#options = options;
    this.#host = hostname;
    this.#port = port === '' ? HTTPS_PORT : Number(port);
  }

  /** Rejects with PlatformFaultError, IdentityError, SigningError, or what the network says. */
  async connect(): Promise<Socket> {
    const { identity, clock, timeoutMs } = this.#options;
    const credentials = await identity.credentials();
    return connectSecurely({
      host: this.#host,
      port: this.#port,
      credentials,
      timeoutMs,
      judge: ({ own }) => {
        this.#shown = own;
        // With a clock that is not set, dates are left aside; the welcome brings the time to check them by.
        return this.#faultOf(own, clock.quality() === 'unset' ? null : clock.now());
      },
    });
  }

  /** What is wrong with the platform's certificate at that time (ms since the epoch). */
  faultAt(now: number): PlatformFault | null {
    return this.#shown && this.#faultOf(this.#shown, now);
  }

  #faultOf(shown: Buffer, now: number | null): PlatformFault | null {
    return platformFault(shown, { ca: this.ca, host: this.#host, now });
  }
}
