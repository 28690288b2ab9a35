/**
 * Started by the tests: records facts until it has recorded `count` or is killed; prints each
 * committed number.
 */

import { writeSync } from 'node:fs';
import { Ledger } from '../../src/store/ledger.ts';

const [directory = '', count = '0'] = process.argv.slice(2);
const ledger = Ledger.open({
  directory,
  terminal: 'gate-1',
  read: () => ({ at: new Date().toISOString(), clock: 'synced', mono: performance.now() }),
  countsAsBoot: true,
});
for (let n = 0; n < Number(count); n++) {
  const [fact] = ledger.record(
    [{ event: 'entry.granted', subject: `stadium/${process.pid}-${n}`, body: { gate: 'gate-1' } }],
    (steps) => steps.plan('receipt', `stadium/${process.pid}-${n}`),
  );
  // Straight to the pipe: a line that is out was committed, whatever happens to this process next.
  writeSync(1, `${fact?.seq}\n`);
}
// Not closed: closing would move the log into the database, and the tests want what a crash leaves.
process.exit(0);
