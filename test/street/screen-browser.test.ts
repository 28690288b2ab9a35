/** The street's browser before a screen, against a terminal of which it needs the page and the screens alone. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { openScreenBrowser } from '../../platform-sim/street/screen-browser.ts';

const NEVER = 20_000;

/** `meet` gets each connection, the first with the number 1. */
async function terminal(meet: (socket: WebSocket, number: number) => void): Promise<string> {
  const server = createServer((_, response) => {
    response.end('<meta name="kazasu-token" content="token">');
  });
  const sockets = new WebSocketServer({ server });
  let connections = 0;
  sockets.on('connection', (socket) => {
    connections += 1;
    meet(socket, connections);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

function show(socket: WebSocket, number: number): void {
  socket.send(JSON.stringify({ type: 'screen', screen: { screen: 'waiting', number } }));
}

test('a browser that is cut off loads the page anew and goes on with what is there then', async () => {
  const url = await terminal((socket, number) => {
    show(socket, number);
    if (number === 1) setTimeout(() => socket.terminate(), 20);
  });
  const browser = await openScreenBrowser(url);
  expect(browser.screen.number).toBe(1);
  expect(await browser.until(({ number }) => number === 2, NEVER)).toMatchObject({ number: 2 });
});

test('the screen is gone where the terminal closed it, or does not answer any more', async () => {
  const closing = await terminal((socket) => {
    show(socket, 1);
    setTimeout(() => socket.close(4001), 20);
  });
  const silent = await terminal((socket, number) => {
    if (number === 1) show(socket, 1);
    setTimeout(() => socket.terminate(), 20);
  });
  for (const url of [closing, silent]) {
    const browser = await openScreenBrowser(url);
    await expect(browser.until(() => false, NEVER)).rejects.toThrow(/the screen is gone/u);
  }
});
