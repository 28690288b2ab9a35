/** Somebody who says to the platform that he is the gate, with what the gate's ledger says. */

import { createHash } from 'node:crypto';
import { WebSocket } from 'ws';
import {
  PLATFORM_FRAME,
  REFUSED_HEADER,
  SUBPROTOCOL,
  type TerminalFrame,
} from '../../src/link/protocol.ts';
import type { ForgedLink } from '../stolen-identity.ts';
import type { StolenFact } from '../thief.ts';
import { LIST } from './city.ts';

const OPEN_MS_MAX = 10_000;
const ANSWER_MS_MAX = 10_000;

export interface Impersonated {
  readonly welcomed: boolean;
  readonly heads: number;
  /** How many keys were handed over in clear. */
  readonly clearKeys: number;
  /** The envelopes of those that were handed over wrapped. */
  readonly wrapped: readonly Buffer[];
  /** Close code and reason, or how the connection was turned away. */
  readonly ended: string;
}

/** Says hello where the gate's ledger ends, hears what comes for it, and goes. `link`: null for nothing to show. */
export async function impersonate(
  url: string,
  facts: readonly StolenFact[],
  link: ForgedLink | null,
): Promise<Impersonated> {
  const socket = connect(url, link);
  const got = { welcomed: false, heads: 0, clearKeys: 0, wrapped: [] as Buffer[] };
  socket.on('message', (data) => {
    const frame = PLATFORM_FRAME.parse(JSON.parse(data.toString()));
    if (frame.frame === 'welcome') got.welcomed = true;
    if (frame.frame !== 'head') return;
    got.heads += 1;
    if (frame.key !== undefined) got.clearKeys += 1;
    got.wrapped.push(...(frame.wrapped ?? []).map((each) => Buffer.from(each, 'base64')));
  });
  socket.on('open', () => {
    socket.send(JSON.stringify(helloOf(facts)));
    // Its answer comes behind everything that hello is answered with.
    socket.ping();
  });
  socket.on('pong', () => socket.close());
  const late = setTimeout(() => socket.terminate(), ANSWER_MS_MAX);
  const ended = await endOf(socket).finally(() => clearTimeout(late));
  return { ...got, ended };
}

function connect(url: string, link: ForgedLink | null): WebSocket {
  return new WebSocket(url, SUBPROTOCOL, {
    handshakeTimeout: OPEN_MS_MAX,
    // It is the thief who deceives here.
    ...(link !== null && { ...link, minVersion: 'TLSv1.3', rejectUnauthorized: false }),
  });
}

/** How it was closed, or turned away before it was a websocket. Rejects with what the network says. */
function endOf(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, why) => resolve(`${code} ${why}`));
    socket.on('unexpected-response', (request, { statusCode, headers }) => {
      resolve(`${statusCode} ${headers[REFUSED_HEADER]}`);
      request.destroy();
    });
  });
}

function helloOf(facts: readonly StolenFact[]): TerminalFrame {
  const text = facts.at(-1)?.text ?? '{}';
  const last = JSON.parse(text) as {
    terminal: string;
    epoch: string;
    boot: number;
    seq: number;
    at: string;
    mono: number;
  };
  const { terminal, epoch, boot, seq, at } = last;
  // The platform orders the gate's facts by it: a thief who wants to stay unnoticed goes on where the gate's stopped.
  const mono = last.mono + Date.now() - Date.parse(at);
  return {
    frame: 'hello',
    ...{ terminal, epoch, boot },
    last: { seq, hash: createHash('sha256').update(text).digest('hex') },
    lists: [LIST],
    root: 0,
    software: 'a thief',
    clock: { at: new Date().toISOString(), quality: 'synced', mono },
  };
}
