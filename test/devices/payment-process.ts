/**
 * Processes for payment.real.test.ts to kill: `unit DIRECTORY`, a payment unit on a pseudo-terminal, and `kiosk PATH ID`,
 * which authorises 300 yen and holds on. Each prints one line when it is ready.
 */

import { openSerialPayment } from '../../devices/payment/serial-payment.ts';
import { startPtyPaymentUnit } from '../../platform-sim/payment-unit.ts';

const [role, place = '', id = ''] = process.argv.slice(2);

if (role === 'unit') {
  await startPtyPaymentUnit({ directory: place });
} else {
  const nobody = { onLost: () => {}, onDropped: () => {} };
  const unit = await openSerialPayment({ path: place })(nobody);
  const on = { inserted: (yen: number) => void process.stdout.write(`inserted ${yen}\n`) };
  await unit.authorise({ id, yen: 300, means: 'cash' }, on, new AbortController().signal);
}
process.stdout.write('ready\n');
process.stdin.resume();
