/**
 * A program of the bench: the platform with its certificate centre, which serves at any hour, and beside it a websocket
 * server that sends back what it is sent. Arguments: the state folder. It ends on SIGTERM.
 */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { startPlatform } from '../../platform-sim/platform.ts';
import { openAlways } from './always-open.ts';

openAlways();
const [, , stateDirectory = ''] = process.argv;
const platform = await startPlatform({ stateDirectory, port: 0 });
const echo = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
echo.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
await once(echo, 'listening');
const echoUrl = `ws://127.0.0.1:${(echo.address() as AddressInfo).port}`;
process.stdout.write(`${JSON.stringify({ event: 'centre.ready', url: platform.url, echoUrl })}\n`);
await once(process, 'SIGTERM');
const { maxRSS } = process.resourceUsage();
process.stdout.write(`${JSON.stringify({ event: 'centre.ended', maxRSS })}\n`);
for (const socket of echo.clients) socket.terminate();
echo.close();
await platform.close();
