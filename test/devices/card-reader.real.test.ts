import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPcscReader } from '../../devices/card/pcsc-reader.ts';
import { SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';
import { startPcscd, VPCD_READER } from '../../platform-sim/pcscd.ts';
import { type CardField, describeCardReader } from './card-reader.contract.ts';

describeCardReader('The PC/SC card reader on pcscd and vpcd', async (): Promise<CardField> => {
  const directory = await mkdtemp(join(tmpdir(), 'card-reader-'));
  let pcscd = await startPcscd({ directory });
  const { port, env } = pcscd;
  let held: HeldCard | undefined;
  const remove = async () => held?.remove();
  return {
    open: openPcscReader({ reader: VPCD_READER, modelled: true, env }),
    async hold(card) {
      held = await holdOnVpcd(new SimCard(card), { port });
    },
    remove,
    async unplug() {
      pcscd.kill('SIGKILL');
      await pcscd.exited;
    },
    async plug() {
      pcscd = await startPcscd({ directory, port });
    },
    async dispose() {
      await remove();
      await pcscd.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
});
