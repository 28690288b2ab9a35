/**
 * Conversations between a terminal and a platform, kept as files: recorded on the way between the two, and played again by
 * a platform that can do nothing but what the file says.
 */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { TERMINAL_FRAME } from '../../src/link/protocol.ts';
import type { Cue, Said, Transcript } from './transcript-file.ts';

/** A replayed platform lives as long as the test. */
const BEAT_MS = 200;

export interface Conversation {
  readonly url: string;
  /** Something happens at the platform now. */
  cue(name: string): void;
}

/** Stands between a terminal and the platform at `url`, passes everything on and keeps it. */
export async function record(url: string): Promise<Conversation & { taken(): Transcript }> {
  const recordedAt = Date.now();
  const lines: (Said | Cue)[] = [];
  const objects: Record<string, string> = {};
  let subprotocol = '';
  const note = (from: Said['from'], data: WebSocket.RawData): void => {
    const frame = JSON.parse(String(data));
    const isKnown = lines.some(
      (line) => 'from' in line && line.from === from && line.frame['frame'] === 'beat',
    );
    if (frame.frame !== 'beat' || !isKnown) lines.push({ from, frame });
  };
  const here = await serve(
    async (sha256) => {
      const answer = await fetch(new URL(`/objects/${sha256}`, url.replace('ws:', 'http:')));
      const bytes = Buffer.from(await answer.arrayBuffer());
      objects[sha256] = bytes.toString('base64');
      return bytes;
    },
    (request, accept) => {
      const offered = request.headers['sec-websocket-protocol']?.split(',') ?? [];
      const platform = new WebSocket(
        url,
        offered.map((each) => each.trim()),
      );
      platform.on('error', () => {});
      platform.once('open', () => {
        subprotocol = platform.protocol;
        accept(subprotocol, (terminal) => {
          pass(terminal, platform, (data) => note('terminal', data));
          pass(platform, terminal, (data) => note('platform', data));
        });
      });
    },
  );
  const terminalFrame = z.toJSONSchema(TERMINAL_FRAME, { io: 'input' });
  return {
    url: here,
    cue: (name) => void lines.push({ cue: name }),
    taken: () => ({ subprotocol, recordedAt, terminalFrame, objects, lines: [...lines] }),
  };
}

/** A platform that knows this conversation and no other. What it does not take for a frame, or not now, is in `faults`. */
export async function replay(
  transcript: Transcript,
): Promise<Conversation & { readonly faults: string[]; readonly heard: string[] }> {
  const { subprotocol, lines } = transcript;
  const known = z.fromJSONSchema(transcript.terminalFrame as z.core.JSONSchema.JSONSchema);
  const faults: string[] = [];
  const heard: string[] = [];
  let at = 0;
  let socket: WebSocket | null = null;
  const goOn = (): void => {
    for (let line = lines[at]; line !== undefined; line = lines[at]) {
      if (!('from' in line) || line.from === 'terminal') return;
      socket?.send(JSON.stringify(line.frame));
      at += 1;
    }
  };
  const hear = (frame: Said['frame']): void => {
    if (!known.safeParse(frame).success) faults.push(`no frame: ${JSON.stringify(frame)}`);
    if (frame['frame'] === 'beat') return;
    heard.push(String(frame['frame']));
    while (isBeat(lines[at])) at += 1;
    const line = lines[at];
    const expected = line !== undefined && 'from' in line ? line.frame['frame'] : null;
    if (frame['frame'] !== expected) faults.push(`${frame['frame']} where ${expected} was said`);
    at += 1;
    goOn();
  };
  const here = await serve(
    (sha256) => Promise.resolve(Buffer.from(transcript.objects[sha256] ?? '', 'base64')),
    (request, accept) => {
      if (!request.headers['sec-websocket-protocol']?.includes(subprotocol)) {
        faults.push(`${subprotocol} was not offered`);
      }
      accept(subprotocol, (terminal) => {
        socket = terminal;
        const beat = JSON.stringify({ frame: 'beat', now: iso(transcript.recordedAt) });
        const timer = setInterval(() => terminal.send(beat), BEAT_MS);
        terminal.on('close', () => clearInterval(timer));
        terminal.on('message', (data) => hear(JSON.parse(String(data))));
      });
    },
  );
  return {
    ...{ url: here, faults, heard },
    cue: (name) => {
      at = lines.findIndex((line) => 'cue' in line && line.cue === name) + 1;
      goOn();
    },
  };
}

function isBeat(line: Said | Cue | undefined): boolean {
  return line !== undefined && 'from' in line && line.frame['frame'] === 'beat';
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function pass(from: WebSocket, to: WebSocket, note: (data: WebSocket.RawData) => void): void {
  from.on('message', (data) => {
    note(data);
    if (to.readyState === WebSocket.OPEN) to.send(String(data));
  });
  from.on('close', () => to.close());
}

type Accept = (subprotocol: string, then: (terminal: WebSocket) => void) => void;

async function serve(
  objectOf: (sha256: string) => Promise<Buffer>,
  onTerminal: (request: IncomingMessage, accept: Accept) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    response.end(await objectOf(request.url?.replace('/objects/', '') ?? ''));
  });
  server.on('upgrade', (request, socket, head) => {
    onTerminal(request, (subprotocol, then) => {
      const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => subprotocol });
      sockets.handleUpgrade(request, socket, head, then);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/terminals`;
}
