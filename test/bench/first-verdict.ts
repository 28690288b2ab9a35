/** The first verdict of a process, and those around the hundredth, as one JSON line. `first-verdict.ts warmed|unwarmed` */

import { setTimeout as pause } from 'node:timers/promises';
import { CardMaker } from '../cards.ts';
import { trustStoreOf } from '../pki/memory-trust.ts';
import { median } from './figures.ts';

const TAPS = 110;
const LATER_FROM = 90;

const maker = await CardMaker.create();
const cards = await Promise.all([maker.card(), maker.card()]);
const store = await trustStoreOf({
  anchors: [maker.authority.caCertificate],
  crls: [maker.authority.crl()],
});
if (process.argv[2] === 'warmed') await store.warm();

const times: number[] = [];
for (let tap = 0; tap < TAPS; tap += 1) {
  // Between two taps the event loop turns, and what compiles beside it gets its time.
  await pause(1);
  const card = cards[tap % cards.length];
  const before = performance.now();
  const verdict = await store.verify(card?.der ?? Buffer.alloc(0), Date.now());
  times.push(performance.now() - before);
  if (!verdict.valid) throw new Error('a good certificate was refused');
}
const later = median(times.slice(LATER_FROM));
process.stdout.write(`${JSON.stringify({ event: 'verdicts', first: times[0], later })}\n`);
