/**
 * Hundreds of cards over the real pcscd, some pulled at any moment before the next one comes, at any pace: none that is
 * held for long enough is overlooked. `KAZASU_SEED=1234` replays one run's choices.
 */

import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { CardReader } from '../../devices/card/card.ts';
import { openPcscReader } from '../../devices/card/pcsc-reader.ts';
import { type CardDefinition, type CardFaults, SimCard } from '../../devices/card/sim-card.ts';
import { type HeldCard, holdOnVpcd } from '../../devices/card/vpcd.ts';
import { startPcscd, VPCD_READER } from '../../platform-sim/pcscd.ts';
import { Dice } from '../chaos/dice.ts';
import { certificateOf } from './card-watch.ts';

const CARDS = 300;
/** pcscd's poll, a new connection after a swap that it overlooked, and a loaded machine. */
const SEEN_MS_MAX = 20_000;
/** More than a reading takes, with probes after it. */
const COMMANDS_MAX = 12;
const PAUSE_MS_MAX = 900;
const INSTANT = { bitRate: 0, perApduMs: 0, signatureMs: 0 };
const AS_REAL = { bitRate: 106, perApduMs: 1, signatureMs: 0 };

test('every card that is held long enough is read', async () => {
  const seed = Number(process.env['KAZASU_SEED'] ?? randomInt(2 ** 32));
  const dice = new Dice(seed);
  const directory = await mkdtemp(join(tmpdir(), 'card-reader-'));
  const { port, env, stop } = await startPcscd({ directory });
  let onRead: (certificate: Uint8Array) => void = () => undefined;
  const reader: CardReader = await openPcscReader({ reader: VPCD_READER, env })({
    onCardPresent(tap) {
      // A card that was pulled can't be read; the one that stays is another tap.
      reader.identify(tap).then(
        ({ certificate }) => onRead(certificate),
        () => undefined,
      );
    },
    onCardGone: () => undefined,
    onLost: (reason) => expect.unreachable(reason),
  });
  const hold = (certificate: Buffer, faults: CardFaults = {}): Promise<HeldCard> => {
    const userCertificate = certificate.toString('base64');
    const timing = dice.pick([INSTANT, INSTANT, AS_REAL]);
    const card: CardDefinition = { kind: 'my-number', userCertificate, timing, faults };
    return holdOnVpcd(new SimCard(card), { port });
  };
  const someTime = () => pause(dice.pick([0, dice.next() * PAUSE_MS_MAX]));
  let card: HeldCard | undefined;
  try {
    for (let number = 1; number <= CARDS; number += 1) {
      if (dice.next() < 0.5) {
        const removedAfter = Math.floor(dice.next() * COMMANDS_MAX);
        const pulled = await hold(certificateOf(), { removedAfter });
        await Promise.race([pulled.removed, someTime()]);
        await pulled.remove();
      }
      const certificate = certificateOf();
      const wasRead = new Promise<void>((resolve) => {
        // What was read of the card before may still be on its way.
        onRead = (read) => certificate.equals(read) && resolve();
      });
      card = await hold(certificate);
      const seen = await Promise.race([wasRead, pause(SEEN_MS_MAX, 'never')]);
      expect(seen, `card ${number} of seed ${seed}`).toBeUndefined();
      await someTime();
      await card.remove();
      await someTime();
    }
  } finally {
    await card?.remove();
    await reader.close();
    await stop();
    await rm(directory, { recursive: true, force: true });
  }
});
