/** Plays taps of a card that is none, so that the first person's card meets code that is compiled already. */

import { INS } from './apdu.ts';
import { CardLine, type NativeReader } from './pcsc-line.ts';
import type { CardLimits } from './pcsc-messages.ts';
import { Taps } from './pcsc-taps.ts';

const TAPS = 20;
const PRESENT = 0x20;
const EMPTY = 0x10;
const LABEL = Buffer.from('JPKIAPICCTOKEN2 ');
const CERTIFICATE = Buffer.concat([Buffer.of(0x30, 0x82, 0x05, 0x78), Buffer.alloc(1400)]);
const OK = Buffer.of(0x90, 0x00);

/** No institution, no card: only the lengths are right. */
const REQUEST = {
  certificate: new Uint8Array(307),
  signature: new Uint8Array(261),
  message: new Uint8Array(76),
};
const SIGNATURE = new Uint8Array(256);
const CHALLENGE = new Uint8Array(32);

/** Answers what a My Number Card answers to those commands; the token label is the one read of 16 bytes. */
function answer([, ins, p1 = 0, p2 = 0, le = 0]: Buffer): Buffer {
  if (ins === INS.getChallenge) return Buffer.concat([CHALLENGE, OK]);
  if (ins === INS.performSecurityOperation) return Buffer.concat([SIGNATURE, OK]);
  if (ins !== INS.readBinary) return OK;
  if (le === LABEL.length) return Buffer.concat([LABEL, OK]);
  const offset = p1 >= 0x80 ? p2 : (p1 << 8) | p2;
  return Buffer.concat([CERTIFICATE.subarray(offset, offset + le), OK]);
}

/** Nothing here takes long; a slow machine must not fail for it. */
const LIMITS: CardLimits = {
  readerMs: 60_000,
  transmitMs: 60_000,
  identifyMs: 60_000,
  sharingMs: 60_000,
  probeMs: 60_000,
  hangMs: 60_000,
};

const rehearsalReader: NativeReader = {
  SCARD_SHARE_EXCLUSIVE: 1,
  SCARD_PROTOCOL_T0: 1,
  SCARD_PROTOCOL_T1: 2,
  SCARD_LEAVE_CARD: 0,
  SCARD_UNPOWER_CARD: 2,
  connect: (_options, done) => void setImmediate(done, null, 2),
  disconnect: (_disposition, done) => void setImmediate(done, null),
  transmit: (command, _max, _protocol, done) => void setImmediate(done, null, answer(command)),
};

export async function rehearse(): Promise<void> {
  const ignore = () => undefined;
  const taps = new Taps(new CardLine(rehearsalReader, LIMITS, ignore), LIMITS, ignore, ignore);
  for (let tap = 1; tap <= TAPS; tap += 1) {
    taps.onLevel(PRESENT, 0);
    await taps.identify(tap);
    await taps.prove(tap, REQUEST, async () => SIGNATURE);
    taps.onLevel(EMPTY, 0);
  }
  await taps.close();
}
