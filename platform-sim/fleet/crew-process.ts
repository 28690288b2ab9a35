/** One process of simulated terminals: does what the tool orders, one order at a time, and tells when each was through. */

import { Crewing } from './crewing.ts';
import type { Crew, Order } from './orders.ts';

const crew = JSON.parse(process.argv[2] ?? '') as Crew;
const crewing = new Crewing(crew, (told) => process.send?.(told));

process.on('message', (order: Order) => crewing.obey(order));
// Whoever gave the orders is gone, however that came.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group of processes; it is the tool that ends this one.
process.on('SIGINT', () => {});
