/**
 * The bench group "neighbours": two gates, each a process of its own, without their platform. How long after a grant at the
 * one the other would refuse: from the time in the fact, its fsync included, until the other gate's store has it.
 */

import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { writeCertificate } from '../../platform-sim/x509.ts';
import { Heard } from '../../src/store/heard.ts';
import { withTwoGates } from '../neighbours/two-gates.ts';
import { type Bench, percentile, reportTimes } from './figures.ts';

const TAPS = 50;
const QUICK_TAPS = 8;
const BUDGET_MS = 1_000;
/** Of a frame with one fact, its certificate and signature. */
const FRAME_BYTES = 2_400;

export async function neighboursBench({ report, quick }: Bench): Promise<void> {
  const taps = quick ? QUICK_TAPS : TAPS;
  const times: number[] = [];
  await withTwoGates(taps, async ({ site, tapWest, eastState }) => {
    await site.platform.end();
    for (let n = 1; n <= taps; n += 1) {
      const { at, list, ref, event } = await tapWest(site.cardOf(`T-${n}`));
      if (event !== 'entry.granted') throw new Error(`tap ${n}: ${String(event)}`);
      times.push((await knownAt(eastState, `${list}/${ref}`)) - Date.parse(String(at)));
    }
  });
  const floor = await echoes(taps);
  const perPoint = {
    p50: { floor: percentile(floor, 0.5) },
    p99: { floor: percentile(floor, 0.99) },
  };
  reportTimes(report, 'neighbours.refused', times, { budget: BUDGET_MS }, perPoint);
}

/** ms since the epoch. */
async function knownAt(state: string, subject: string): Promise<number> {
  const heard = Heard.openBeside(state);
  if (heard === null) throw new Error('nothing was ever heard');
  try {
    while (heard.factsAbout(subject).length === 0) await delay(1);
    return Date.now();
  } finally {
    heard.close();
  }
}

/** The floor: as many bytes to a bare `ws` server over TLS 1.3 on loopback and back; times in ms. */
async function echoes(count: number): Promise<number[]> {
  const server = createServer({ ...selfSigned(), minVersion: 'TLSv1.3' });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { rejectUnauthorized: false });
  try {
    await once(socket, 'open');
    const times: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const before = performance.now();
      socket.send('x'.repeat(FRAME_BYTES));
      await once(socket, 'message');
      times.push(performance.now() - before);
    }
    return times;
  } finally {
    socket.terminate();
    server.close();
  }
}

function selfSigned(): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = [['CN', 'echo']] as const;
  const now = Date.now();
  const certificate = writeCertificate({
    ...{
      issuer: { name, privateKey },
      subject: name,
      publicKey,
      serial: Buffer.of(1),
      extensions: [],
    },
    ...{ notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) },
  });
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { key, cert: new X509Certificate(certificate).toString() };
}
