/**
 * The floor: a websocket server that answers the same terminals with the same frames, and does nothing for it. It checks no frame and
 * keeps how far it heard each of them in memory. On `{head}` it says that to all.
 */

import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { SUBPROTOCOL, type TerminalFrame } from '../../src/link/protocol.ts';
import { epochMs } from './orders.ts';

const BACKLOG = 4_096;
const CREDIT = { batch: 200, bytes: 262_144, inflight: 4 };

const beatMs = Number(process.argv[2]);
const heard = new Map<string, number>();
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  backlog: BACKLOG,
  perMessageDeflate: false,
  handleProtocols: () => SUBPROTOCOL,
});

server.on('connection', (socket) => {
  let terminal = '';
  const say = (frame: object) => socket.send(JSON.stringify(frame));
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as TerminalFrame;
    if (frame.frame === 'hello') {
      terminal = frame.terminal;
      const now = new Date().toISOString();
      const upto = heard.get(terminal) ?? 0;
      say({ frame: 'welcome', now, platform: '', upto, credit: CREDIT, beatMs });
    } else if (frame.frame === 'facts') {
      const upto = frame.from + frame.items.length - 1;
      heard.set(terminal, upto);
      say({ frame: 'ack', upto });
    }
  });
});
setInterval(() => {
  const beat = JSON.stringify({ frame: 'beat', now: new Date().toISOString() });
  for (const socket of server.clients) socket.send(beat);
}, beatMs);
server.on('listening', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', ({ head }: { readonly head: string }) => {
  process.send?.({ at: epochMs() });
  for (const socket of server.clients) socket.send(head);
});
process.on('disconnect', () => process.exit());
process.on('SIGINT', () => {});
