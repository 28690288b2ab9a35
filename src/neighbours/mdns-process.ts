/**
 * The discovery process: the only one that listens to multicast DNS, where anybody on the network may say anything. Should it
 * end over that, the daemon starts another one. What it finds are addresses, and nobody is believed for having one.
 */

import { isIP } from 'node:net';
import { Bonjour } from 'bonjour-service';
import type { Found, Sought } from './discovery.ts';

const TYPE = 'kazasu-gate';
/** What is known is told anew so often, and asked for anew: calls are made again, and gates come and go. */
const AGAIN_MS = 30_000;
const FOUND_MAX = 64;

const { name, listen } = JSON.parse(process.argv[2] ?? '{}') as Sought;
// What can't be sent now can be soon; anything else ends this process aloud.
const bonjour = new Bonjour(undefined, () => {});

if (listen !== null) {
  const { host, port } = listen;
  bonjour.publish({ name, type: TYPE, port, probe: false, txt: { host } });
}
const browser = bonjour.find({ type: TYPE }, () => tell());
setInterval(() => {
  browser.update();
  tell();
}, AGAIN_MS);

function tell(): void {
  const found: Found = browser.services.slice(0, FOUND_MAX).flatMap(({ port, txt }) => {
    const host = String((txt as { readonly host?: unknown } | undefined)?.host ?? '');
    const family = isIP(host.replace(/^\[|\]$/gu, ''));
    return family === 0 ? [] : [{ host, port }];
  });
  process.send?.(found, undefined, {}, () => undefined);
}

process.on('disconnect', () => process.exit(0));
