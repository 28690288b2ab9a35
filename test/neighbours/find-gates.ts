/** A program of its own: two gates look for each other on the network that it is started in, and what each found is printed. */

import { Discovery } from '../../src/neighbours/discovery.ts';

const GATES = [
  { name: 'west', listen: { host: '10.0.20.1', port: 8_402 } },
  { name: 'east', listen: { host: '10.0.20.2', port: 8_403 } },
];

for (const sought of GATES) {
  new Discovery(sought, ({ host, port }) => {
    process.stdout.write(`${JSON.stringify({ event: 'found', by: sought.name, host, port })}\n`);
  });
}
