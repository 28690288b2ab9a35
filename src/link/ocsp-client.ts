/**
 * The OCSP responder over HTTP (RFC 6960 appendix A): one POST a question, little patience, and
 * none at all for a while after it failed, so that nobody waits for a network that is gone.
 */

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { OnlineAnswer, OnlineFault } from '../domain/online-revocation.ts';
import { askOcsp, type CertificateIdHash, judgeOcsp, type OcspSubject } from '../pki/ocsp.ts';
import { MAX_OCSP_BYTES } from '../pki/ocsp-response.ts';

/** When it failed nobody is asked for so long: one person in that time waits in vain. */
const REST_MS = 30_000;

/** A responder that answers wrongly does so at once, and about one card perhaps. */
const WAITED_IN_VAIN: ReadonlySet<OnlineFault> = new Set(['unreachable', 'too-slow']);

export interface OcspClientOptions {
  readonly url: string;
  readonly certificateId?: CertificateIdHash;
  /** CLOCK_MONOTONIC in ms; a clock that is set must not end or prolong the rest. */
  readonly monotonic?: () => number;
}

/** Nothing came that could be judged. `detail` never holds what was asked. */
class NoResponse extends Error {
  readonly fault: OnlineFault;
  constructor(fault: OnlineFault, detail: string) {
    super(detail);
    this.name = 'NoResponse';
    this.fault = fault;
  }
}

export class OcspClient {
  readonly #url: URL;
  readonly #certificateId: CertificateIdHash | undefined;
  readonly #monotonic: () => number;
  #restUntil = Number.NEGATIVE_INFINITY;

  constructor(options: OcspClientOptions) {
    this.#url = new URL(options.url);
    this.#certificateId = options.certificateId;
    this.#monotonic = options.monotonic ?? (() => performance.now());
  }

  /**
   * Asks about one card. `now`: ms since the epoch, taken when the answer is there. Takes no longer
   * than `waitMs`, from the connection to the last byte, and never rejects for anything that the
   * network or the responder does.
   */
  async ask(subject: OcspSubject, now: () => number, waitMs: number): Promise<OnlineAnswer> {
    if (this.#monotonic() < this.#restUntil)
      return { status: 'none', fault: 'resting', detail: 'it gave no answer a moment ago' };
    const question = askOcsp(subject, this.#certificateId);
    const answer = await this.#post(question.request, waitMs).then(
      (der) => judgeOcsp(der, question, now()),
      (error: unknown): OnlineAnswer => {
        if (!(error instanceof NoResponse)) throw error;
        return { status: 'none', fault: error.fault, detail: error.message };
      },
    );
    if (answer.status === 'none' && WAITED_IN_VAIN.has(answer.fault))
      this.#restUntil = this.#monotonic() + REST_MS;
    return answer;
  }

  async #post(body: Buffer, waitMs: number): Promise<Buffer> {
    const deadline = AbortSignal.timeout(waitMs);
    try {
      return await this.#exchange(body, deadline);
    } catch (error) {
      if (error instanceof NoResponse) throw error;
      if (deadline.aborted) throw new NoResponse('too-slow', `no answer within ${waitMs} ms`);
      throw new NoResponse('unreachable', codeOf(error));
    }
  }

  #exchange(body: Buffer, signal: AbortSignal): Promise<Buffer> {
    const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = {
      'content-type': 'application/ocsp-request',
      'content-length': body.length,
      accept: 'application/ocsp-response',
    };
    return new Promise((resolve, reject) => {
      const request = send(this.#url, { method: 'POST', headers, signal, agent: false }, (came) => {
        collect(came).then(resolve, (error) => {
          request.destroy();
          reject(error);
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
}

/** A redirect is an answer like any other that is not 200: it is not followed. */
async function collect(response: IncomingMessage): Promise<Buffer> {
  const { statusCode } = response;
  if (statusCode !== 200) throw new NoResponse('http-status', `HTTP ${statusCode}`);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_OCSP_BYTES) throw new NoResponse('too-large', `over ${MAX_OCSP_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
}
