import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type CrlReason, REASONS } from '../../src/pki/crl.ts';
import type { CrlEntry } from '../../src/pki/crl-reader.ts';
import type { RevocationList, VerifiedCrl } from '../../src/pki/revocation-list.ts';
import { openRevocationFile, RevocationRecords } from '../../src/store/revocation-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'kazasu-revoked-'));
const path = join(folder, 'list.index');
afterAll(() => rmSync(folder, { recursive: true }));

const CRL: VerifiedCrl = {
  keyHash: 'ab'.repeat(32),
  number: 2n ** 150n,
  base: 7n,
  scope: 'user-certificates',
  thisUpdate: 1_790_000_000_000,
  nextUpdate: 1_790_086_400_000,
  entries: 0,
};
const REASON_NAMES = REASONS.filter((reason) => reason !== null);

/** Content octets of a positive INTEGER, as DER has them, of 1 to 20 octets. */
const serials = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((octets) => {
  const [first = 0, second = 0] = octets;
  // A zero in front is only there to keep the number positive.
  if (first >= 0x80 || (octets.length > 1 && first === 0 && second < 0x80)) octets[0] = 0x01;
  if (octets.length === 1 && first === 0) octets[0] = 0x7f;
  return Buffer.from(octets).toString('latin1');
});
const positiveWithZero = serials
  .filter((serial) => serial.length < 20)
  .map((serial) => {
    const octets = Buffer.from(serial, 'latin1');
    octets[0] = (octets[0] ?? 0) | 0x80;
    return `\0${octets.toString('latin1')}`;
  });
const entries = fc.record<CrlEntry>({
  serial: fc.oneof(serials, positiveWithZero),
  reason: fc.constantFrom<CrlReason>(...REASON_NAMES),
  at: fc.integer({ min: -631_152_000, max: 253_402_300_799 }).map((seconds) => seconds * 1000),
});

function write(all: readonly CrlEntry[]): string {
  const records = new RevocationRecords(all.length);
  for (const entry of all) records.add(entry);
  return records.write(path, CRL);
}

async function open(sha256: string, use: (list: RevocationList) => void): Promise<void> {
  const list = await openRevocationFile(path, sha256);
  try {
    use(list);
  } finally {
    list.close();
  }
}

const numbered = (number: number): string => {
  const serial = Buffer.alloc(5, 1);
  serial.writeUInt32BE(number, 1);
  return serial.toString('latin1');
};

test('an index answers as a map does, whatever the serial numbers and their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(entries, { maxLength: 300, size: 'max' }),
      fc.array(fc.nat(399), { maxLength: 20 }),
      fc.array(serials, { maxLength: 20 }),
      async (some, again, strangers) => {
        // Some come again, for another reason.
        const repeated = again.flatMap((at) => some[at] ?? []);
        const all = [...some, ...repeated.map((entry) => ({ ...entry, reason: REASON_NAMES[9] }))];
        const map = new Map<string, unknown>();
        const kept: CrlEntry[] = [];
        for (const { serial, reason = 'superseded', at } of all) {
          kept.push({ serial, reason, at });
          map.set(serial, { reason, at });
        }
        await open(write(kept), (list) => {
          expect(list.entries).toBe(map.size);
          const asked = [...map.keys(), ...strangers];
          const answers = asked.map((serial) => list.revoked(serial));
          expect(answers).toEqual(asked.map((serial) => map.get(serial) ?? null));
        });
      },
    ),
    { numRuns: 60 },
  );
});

test.each([0, 1, 127, 128, 129, 256, 40_000])(
  'of %i entries each is found, and none beside them',
  async (count) => {
    const all = Array.from({ length: count }, (_, at) => {
      return { serial: numbered(at * 2 + 1), reason: 'superseded' as const, at: at * 1000 };
    });
    await open(write(all.toReversed()), (list) => {
      const found = Array.from({ length: count * 2 + 2 }, (_, number) => {
        return list.revoked(numbered(number)) !== null;
      });
      expect(found).toEqual(found.map((_, number) => number % 2 === 1 && number < count * 2));
    });
  },
);

test('what is known of a list comes back as it was written', async () => {
  const all = [{ serial: '\x01', reason: 'certificateHold' as const, at: -1000 }];
  await open(write(all), (list) => {
    expect(list).toMatchObject({ ...CRL, entries: 1 });
    expect(list.revoked('\x01')).toEqual({ reason: 'certificateHold', at: -1000 });
  });
});

test('no change of an octet goes unseen, and no cut', async () => {
  const all = Array.from({ length: 300 }, (_, at) => {
    return { serial: numbered(at), reason: 'superseded' as const, at: 0 };
  });
  const sha256 = write(all);
  const whole = readFileSync(path);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, bits) => {
        const damaged = Buffer.from(whole);
        damaged.writeUInt8(damaged.readUInt8(at) ^ bits, at);
        for (const bytes of [damaged, whole.subarray(0, at)]) {
          writeFileSync(path, bytes);
          await expect(openRevocationFile(path, sha256)).rejects.toMatchObject({ code: 'damaged' });
        }
      },
    ),
    { numRuns: 200 },
  );
  rmSync(path);
  await expect(openRevocationFile(path, sha256)).rejects.toMatchObject({ code: 'damaged' });
});

test('a list that was closed is not asked again', async () => {
  const list = await openRevocationFile(path, write([]));
  list.close();
  list.close();
  expect(list.revoked('\x01')).toBeNull();
  const other = await openRevocationFile(
    path,
    write([{ serial: '\x01', reason: 'superseded', at: 0 }]),
  );
  other.close();
  expect(() => other.revoked('\x01')).toThrow('after it was closed');
});
