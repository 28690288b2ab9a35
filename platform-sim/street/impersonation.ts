/** Somebody who says to the platform that he is the gate, with what the gate's ledger says. */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { PLATFORM_FRAME, SUBPROTOCOL, type TerminalFrame } from '../../src/link/protocol.ts';
import type { LinkCredentials, StolenFact } from '../thief.ts';
import { LIST } from './city.ts';
import { PLATFORM_PORT, PLATFORM_TLS_PORT } from './world.ts';

const OPEN_MS_MAX = 10_000;
/** Heads come right behind the welcome. */
const LISTEN_MS = 500;

export interface Impersonated {
  readonly welcomed: boolean;
  /** How many keys were handed over, of lists and institutions. */
  readonly keys: number;
  /** Close code and reason. */
  readonly ended: string;
}

/** `credentials`: null comes without TLS. Says hello where the gate's ledger ends, listens for a moment, and goes. */
export async function impersonate(
  facts: readonly StolenFact[],
  credentials: LinkCredentials | null,
): Promise<Impersonated> {
  const url =
    credentials === null
      ? `ws://127.0.0.1:${PLATFORM_PORT}/terminals`
      : `wss://127.0.0.1:${PLATFORM_TLS_PORT}/terminals`;
  // Whose certificate the platform shows is nothing that a thief asks.
  const options = { handshakeTimeout: OPEN_MS_MAX, rejectUnauthorized: false, ...credentials };
  const socket = new WebSocket(url, SUBPROTOCOL, options);
  const got = { welcomed: false, keys: 0, ended: '' };
  socket.on('message', (data) => {
    const frame = PLATFORM_FRAME.parse(JSON.parse(data.toString()));
    if (frame.frame === 'welcome') got.welcomed = true;
    if (frame.frame === 'head' && (frame.key ?? frame.wrapped) !== undefined) got.keys += 1;
  });
  const closed = once(socket, 'close').then(([code, why]) => {
    got.ended = `${code} ${why}`;
  });
  await once(socket, 'open');
  socket.send(JSON.stringify(helloOf(facts)));
  await Promise.race([delay(LISTEN_MS), closed]);
  socket.close();
  await closed;
  return got;
}

function helloOf(facts: readonly StolenFact[]): TerminalFrame {
  const text = facts.at(-1)?.text ?? '{}';
  const last = JSON.parse(text) as {
    terminal: string;
    epoch: string;
    boot: number;
    seq: number;
  };
  const { terminal, epoch, boot, seq } = last;
  return {
    frame: 'hello',
    ...{ terminal, epoch, boot },
    last: { seq, hash: createHash('sha256').update(text).digest('hex') },
    lists: [LIST],
    root: 0,
    software: 'a thief',
    clock: { at: new Date().toISOString(), quality: 'synced', mono: 1 },
  };
}
