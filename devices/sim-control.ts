/**
 * The control socket of a simulated device: how a script, the street or a person holds up a card or takes the paper
 * out of a running daemon. Only simulators open one. JSON lines on a unix socket: `{"do": "hold", ...}` in, one line
 * out, `{"ok": true, ...}` or `{"ok": false, "error": "..."}`, in the order of the requests.
 */

import { rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

const REQUEST_BYTES_MAX = 262_144;

export type ControlRequest = { readonly do: string } & Readonly<Record<string, unknown>>;
export type ControlReply = Readonly<Record<string, unknown>>;

export interface ControlSocket {
  close(): Promise<void>;
}

/** `handle` throws to refuse; its message is the answer. The path is readable by this user alone. */
export async function openControlSocket(
  path: string,
  handle: (request: ControlRequest) => ControlReply | Promise<ControlReply>,
): Promise<ControlSocket> {
  await rm(path, { force: true });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    void answerRequests(socket, handle);
  });
  const umask = process.umask(0o077);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(path, resolve);
    });
  } finally {
    process.umask(umask);
  }
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function answerRequests(
  socket: Socket,
  handle: (request: ControlRequest) => ControlReply | Promise<ControlReply>,
): Promise<void> {
  for await (const line of createInterface({ input: socket })) {
    const reply = await answer(line, handle);
    if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
  }
}

async function answer(
  line: string,
  handle: (request: ControlRequest) => ControlReply | Promise<ControlReply>,
): Promise<ControlReply> {
  try {
    if (line.length > REQUEST_BYTES_MAX) throw new Error('request too large');
    const request: unknown = JSON.parse(line);
    if (typeof request !== 'object' || request === null || !('do' in request)) {
      throw new Error('a request is a JSON object with a "do"');
    }
    return { ok: true, ...(await handle(request as ControlRequest)) };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Sends one request and returns the reply; rejects when the device refuses or does not answer in `timeoutMs`. */
export async function askControlSocket(
  path: string,
  request: ControlRequest,
  timeoutMs = 10_000,
): Promise<ControlReply> {
  const socket = connect(path);
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`no answer on ${path}`)));
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const line of createInterface({ input: socket })) {
      const reply = JSON.parse(line) as ControlReply;
      if (reply['ok'] !== true) throw new Error(String(reply['error']));
      return reply;
    }
    throw new Error(`no answer on ${path}`);
  } finally {
    socket.destroy();
  }
}
