import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CardReader } from '../../devices/card/card.ts';
import type { CardLimits } from '../../devices/card/pcsc-messages.ts';
import { openPcscReader } from '../../devices/card/pcsc-reader.ts';
import { type CardFaults, SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';
import { startPcscd, VPCD_READER } from '../../platform-sim/pcscd.ts';
import type { CardField } from './card-field.ts';
import { describeCardReader } from './card-reader.contract.ts';
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

/** A reader on a pcscd of its own, and a hand that holds cards over it. */
async function withReader(
  limits: Partial<CardLimits>,
  story: (
    reader: CardReader,
    watch: CardWatch,
    hold: (certificate: Buffer, faults?: CardFaults) => Promise<HeldCard>,
  ) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'card-reader-'));
  const { port, env, stop } = await startPcscd({ directory });
  const watch = new CardWatch();
  const reader = await openPcscReader({ reader: VPCD_READER, env, limits })(watch);
  try {
    await story(reader, watch, (certificate, faults = {}) => {
      const userCertificate = certificate.toString('base64');
      return holdOnVpcd(new SimCard({ kind: 'my-number', userCertificate, faults }), { port });
    });
  } finally {
    await reader.close();
    await stop();
    await rm(directory, { recursive: true, force: true });
  }
}

test('A card that comes before pcscd has noticed that the last one left is not overlooked', async () => {
  // Much more often than pcscd looks, so that it is nearly always the second to know.
  await withReader({ probeMs: 10 }, async (reader, watch, hold) => {
    for (let card = 1; card <= 5; card += 1) {
      const certificate = certificateOf();
      const held = await hold(certificate);
      const { tap } = await watch.next('present');
      const identity = await reader.identify(tap);
      expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
      await held.remove();
      await watch.next('gone');
    }
  });
});

test('A card that comes at once after one that was pulled in the middle of its reading is seen', async () => {
  // Seldomer than pcscd looks, which has the next card without power in its reader when it could be probed.
  await withReader({ probeMs: 600 }, async (reader, watch, hold) => {
    const pulled = await hold(certificateOf(), { removedAfter: 6 });
    const { tap } = await watch.next('present');
    await expect(reader.identify(tap)).rejects.toMatchObject({ fault: 'card-removed' });
    await pulled.removed;
    const certificate = certificateOf();
    await hold(certificate);
    expect((await watch.next('gone')).tap).toBe(tap);
    const identity = await reader.identify((await watch.next('present')).tap);
    expect(Buffer.from(identity.certificate).equals(certificate)).toBe(true);
  });
});
