/** OCSP over HTTP (RFC 6960 appendix A.1), by POST alone: nothing that is asked belongs in an address. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { writeOcspError } from './ocsp.ts';
import { OCSP_REQUEST_BYTES_MAX, type OcspResponder } from './ocsp-responder.ts';

export const OCSP_PATH = '/ocsp';

export function serveOcsp(
  responder: OcspResponder,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (request.method !== 'POST') {
    response.writeHead(405, { allow: 'POST', connection: 'close' }).end();
    return;
  }
  const parts: Buffer[] = [];
  let size = 0;
  request.on('data', (part: Buffer) => {
    size += part.length;
    parts.push(part);
    if (size <= OCSP_REQUEST_BYTES_MAX) return;
    request.pause();
    send(response, writeOcspError('malformedRequest'), { connection: 'close' });
  });
  request.on('end', () => send(response, responder.answer(Buffer.concat(parts))));
}

function send(response: ServerResponse, body: Buffer, headers: Record<string, string> = {}): void {
  response
    .writeHead(200, {
      'content-type': 'application/ocsp-response',
      'content-length': body.length,
      'cache-control': 'no-store',
      ...headers,
    })
    .end(body);
}
