/** One exchange of IPP with a printer: a POST of its own connection (RFC 8010 4), bounded in time and size. */

import { type IncomingMessage, request } from 'node:http';

/** Ten times what a large printer tells about itself. */
const REPLY_BYTES_MAX = 1_048_576;
const DEFAULT_PORT = 631;

/**
 * Sends `body` and resolves with the reply. Rejects with an Error, whose message is for people, when there is none in
 * `limitMs`: from then on it is not known whether the printer has the request.
 */
export type IppExchange = (body: Uint8Array, limitMs: number) => Promise<Uint8Array>;

/** `url`: ipp://host[:port]/path. */
export function ippOverHttp(url: string): IppExchange {
  const { hostname, port, pathname } = new URL(url);
  const target = {
    // Node takes an IPv6 address without the brackets of a URL.
    host: hostname.replace(/^\[|\]$/gu, ''),
    port: port === '' ? DEFAULT_PORT : Number(port),
    path: pathname,
  };
  return (body, limitMs) => post(target, body, limitMs);
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

function post(target: Target, body: Uint8Array, limitMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/ipp', 'Content-Length': body.length };
    // A connection that is kept could be the one of a printer that was switched off since.
    const posting = request({ ...target, method: 'POST', agent: false, headers });
    const fail = (message: string): void => {
      reject(new Error(message));
      posting.destroy();
    };
    // From the first byte of the connection to the last of the reply: a printer that drips bytes ends, too.
    const limit = setTimeout(() => fail(`no answer in ${limitMs} ms`), limitMs);
    posting.on('close', () => clearTimeout(limit));
    posting.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    posting.on('response', (response) => {
      if (response.statusCode === 200) readReply(response, resolve, fail);
      else fail(`it answered with HTTP status ${response.statusCode}`);
    });
    posting.end(body);
  });
}

function readReply(
  response: IncomingMessage,
  resolve: (reply: Uint8Array) => void,
  fail: (message: string) => void,
): void {
  const pieces: Buffer[] = [];
  let length = 0;
  response.on('data', (piece: Buffer) => {
    length += piece.length;
    pieces.push(piece);
    if (length > REPLY_BYTES_MAX) fail('it answered with more than an IPP printer has to say');
  });
  response.on('end', () => {
    if (response.complete) resolve(Buffer.concat(pieces));
  });
  response.on('close', () => {
    if (!response.complete) fail('its answer broke off');
  });
  response.on('error', () => fail('its answer broke off'));
}
