import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPcscReader } from '../../devices/card/pcsc-reader.ts';
import { SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';
import { startPcscd, VPCD_READER } from '../../platform-sim/pcscd.ts';
import { type CardField, describeCardReader } from './card-reader.contract.ts';
import { CardWatch, certificateOf } from './card-watch.ts';

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

test('A card that comes before pcscd has noticed that the last one left is not overlooked', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'card-reader-'));
  const { port, env, stop } = await startPcscd({ directory });
  const watch = new CardWatch();
  // Much more often than pcscd looks, so that it is nearly always the second to know.
  const limits = { probeMs: 10 };
  const reader = await openPcscReader({ reader: VPCD_READER, env, limits })(watch);
  try {
    for (let card = 1; card <= 5; card += 1) {
      const certificate = certificateOf();
      const userCertificate = certificate.toString('base64');
      const held = await holdOnVpcd(new SimCard({ kind: 'my-number', userCertificate }), { port });
      const { tap } = await watch.next('present');
      const identity = await reader.identify(tap);
      expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
      await held.remove();
      await watch.next('gone');
    }
  } finally {
    await reader.close();
    await stop();
    await rm(directory, { recursive: true, force: true });
  }
});
