/**
 * `kazasu enrol`: a terminal gets its certificate by a one-time code. The platform has to be the one that gave the code
 * before the code is sent, and what comes back is checked before it is kept. Whatever ends it midway, it can be run again
 * with the same code.
 */

import { createHash } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import {
  CODE_PLATFORM_BYTES,
  type EnrolmentCode,
  EnrolmentCodeError,
  readEnrolmentCode,
} from './domain/enrolment-code.ts';
import { type KeyStore, KeyStoreError } from './keys/key-store.ts';
import { openKeyStore } from './keys/open-key-store.ts';
import { isSecureUrl } from './link/connection.ts';
import { TerminalIdentity } from './link/identity.ts';
import { pinnedPlatform, pinPlatform } from './link/pinned-platform.ts';
import { type PlatformFault, platformFault } from './link/platform-certificate.ts';
import { ENROL_ANSWER, ENROL_PATH, type EnrolAnswer } from './link/protocol.ts';
import { connectSecurely, PlatformFaultError } from './link/secure-transport.ts';
import { parseCertificate } from './pki/certificate.ts';
import { X509Error } from './pki/der.ts';
import { openLedger } from './state-folder.ts';
import { codeOf, isStorageFailure, makeFolder } from './store/disk.ts';
import { DiskFullError, type Ledger, LedgerError } from './store/ledger.ts';
import { SoleOwner } from './store/sole-owner.ts';

/** It did not enrol. The message is for the person at the keyboard, and never has a part of the code. */
export class EnrolmentError extends Error {
  override readonly name = 'EnrolmentError';
}

const CONNECT_MS = 10_000;
const ANSWER_MS = 15_000;
const ANSWER_BYTES_MAX = 16_384;

const OF_ANSWER: Readonly<Record<Extract<EnrolAnswer, { result: 'refused' }>['reason'], string>> = {
  'wrong-code':
    'the platform does not take this code for this name; after five wrong ones a code is void: get another with "kazasu-platform terminal add"',
  'code-expired':
    'the code is older than 15 minutes; get another with "kazasu-platform terminal add"',
  'code-used':
    'the code was used already; get another with "kazasu-platform terminal add --again", and find out by whom if it was not here',
  'bad-request': 'the platform does not take the request; do the versions of both sides fit?',
};

const OF_FAULT: Readonly<Record<PlatformFault, string>> = {
  'another-platform':
    'whoever answers there is not the platform that gave this code; the code was not sent. Check [platform] url, and that nobody is in between',
  malformed: 'whoever answers there shows no certificate that is taken here; the code was not sent',
  'not-a-server': "the platform's certificate is not that of a server; the code was not sent",
  'another-host':
    "the platform's certificate is for another address than [platform] url; the code was not sent",
  'outside-validity':
    "the platform's certificate is not valid at this time; the code was not sent. Check the clock of this machine",
};

export interface Enrolled {
  readonly terminal: string;
  /** ISO 8601. */
  readonly validTo: string;
}

/** No daemon may run on the state folder: it takes its new identity at its next start. Rejects with EnrolmentError. */
export async function enrolTerminal(config: Config, typed: string): Promise<Enrolled> {
  const { url } = config.platform;
  if (!isSecureUrl(url)) {
    throw new EnrolmentError('[platform] url has to be where the platform speaks TLS, "wss://..."');
  }
  try {
    const code = readEnrolmentCode(typed);
    return await withState(config, (state) => enrol(config, state, code));
  } catch (error) {
    throw explained(error, config.state);
  }
}

interface State {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly keys: KeyStore;
}

async function withState<Result>(
  config: Config,
  work: (state: State) => Promise<Result>,
): Promise<Result> {
  makeFolder(config.state);
  const owner = SoleOwner.claim(config.state);
  if (owner === null) {
    throw new EnrolmentError(
      'the daemon runs on this state folder; stop it first, and start it after',
    );
  }
  try {
    const { clock, ledger } = openLedger(config, { countsAsBoot: false });
    try {
      const { store } = await openKeyStore(config, process.env['CREDENTIALS_DIRECTORY']);
      if (store.kind === 'pkcs11') await store.open();
      return await work({ ledger, clock, keys: store }).finally(() => store.close());
    } finally {
      ledger.close();
      clock.close();
    }
  } finally {
    owner.release();
  }
}

async function enrol(
  { name, platform: { url } }: Config,
  { ledger, clock, keys }: State,
  code: EnrolmentCode,
): Promise<Enrolled> {
  const identity = new TerminalIdentity({ terminal: name, ledger, keys, clock });
  const request = await identity.request();
  const { socket, ca } = await reach(url, code, clock);
  try {
    const pinned = pinnedPlatform(ledger);
    if (pinned !== null && !pinned.equals(ca)) {
      throw new EnrolmentError(
        "this terminal's facts belong to another platform; give it a state folder of its own for this one",
      );
    }
    const secret = Buffer.from(code.secret).toString('base64');
    const answer = await ask(socket, new URL(url), {
      terminal: name,
      secret,
      request: request.toString('base64'),
    });
    if (answer.result === 'refused') throw new EnrolmentError(OF_ANSWER[answer.reason]);
    clock.raise(Date.parse(answer.now));
    pinPlatform(ledger, ca);
    const certificate = Buffer.from(answer.certificate, 'base64');
    const fault = await identity.takeAsOnly(certificate, ca);
    if (fault !== null)
      throw new EnrolmentError(`the certificate that came is not taken: ${fault}`);
    const { notAfter } = parseCertificate(certificate);
    return { terminal: name, validTo: new Date(notAfter).toISOString() };
  } finally {
    socket.destroy();
  }
}

/** Connects, and gives back the CA that the code names. Nothing has been said by then but that somebody is here. */
async function reach(
  url: string,
  code: EnrolmentCode,
  clock: Clock,
): Promise<{ socket: TLSSocket; ca: Buffer }> {
  const { hostname, port } = new URL(url);
  let ca: Buffer = Buffer.alloc(0);
  const socket = await connectSecurely({
    host: hostname,
    port: port === '' ? 443 : Number(port),
    credentials: null,
    timeoutMs: CONNECT_MS,
    judge({ own, issuer }) {
      if (issuer === null || !isNamedBy(code, issuer)) return 'another-platform';
      ca = issuer;
      const now = clock.quality() === 'unset' ? null : clock.now();
      return platformFault(own, { ca, host: hostname, now });
    },
  });
  return { socket, ca };
}

function isNamedBy({ platform }: EnrolmentCode, ca: Buffer): boolean {
  try {
    const { publicKey } = parseCertificate(ca);
    const digest = createHash('sha256').update(publicKey).digest();
    return digest.subarray(0, CODE_PLATFORM_BYTES).equals(platform);
  } catch (error) {
    if (error instanceof X509Error) return false;
    throw error;
  }
}

/** One request over a connection that is there already. */
function ask(socket: TLSSocket, { host }: URL, said: object): Promise<EnrolAnswer> {
  const body = Buffer.from(JSON.stringify(said));
  return new Promise((resolve, reject) => {
    const headers = { host, 'content-type': 'application/json', 'content-length': body.length };
    const request = httpRequest(
      {
        method: 'POST',
        path: ENROL_PATH,
        headers,
        timeout: ANSWER_MS,
        createConnection: () => socket,
      },
      (response) => {
        readAnswer(response).then(resolve, reject);
      },
    );
    request.once('timeout', () =>
      request.destroy(new EnrolmentError('the platform does not answer')),
    );
    request.once('error', reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<EnrolAnswer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > ANSWER_BYTES_MAX) throw new EnrolmentError('the platform says too much');
    parts.push(part);
  }
  try {
    return ENROL_ANSWER.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
  } catch (error) {
    const said = `HTTP ${response.statusCode}`;
    throw new EnrolmentError(`the platform gives no answer that is understood (${said})`, {
      cause: error,
    });
  }
}

/** What is expected to fail, in words; a defect is given back as it is. */
function explained(error: unknown, state: string): unknown {
  if (error instanceof EnrolmentError) return error;
  if (error instanceof EnrolmentCodeError) return new EnrolmentError(error.message);
  if (error instanceof PlatformFaultError) return new EnrolmentError(OF_FAULT[error.fault]);
  if (error instanceof LedgerError || error instanceof KeyStoreError) {
    return new EnrolmentError(`${state}: ${error.message}`, { cause: error });
  }
  if (error instanceof DiskFullError || isStorageFailure(error)) {
    return new EnrolmentError(`${state}: the disk is full or fails; make room and run this again`, {
      cause: error,
    });
  }
  const code = codeOf(error);
  if (!/^(E[A-Z0-9_]+|SQLITE_\w+)$/u.test(code)) return error;
  return new EnrolmentError(`it did not come about (${code}); run this again with the same code`, {
    cause: error,
  });
}
