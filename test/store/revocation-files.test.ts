import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Authority } from '../../platform-sim/authority.ts';
import type { CrlOrder } from '../../src/store/revocation-build.ts';
import { openRevocationFile } from '../../src/store/revocation-file.ts';
import { buildRevocationFiles } from '../../src/store/revocation-files.ts';

const authority = await Authority.create();
const anchors = [authority.caCertificate];
const serialOf = (at: number) => Buffer.from([1, at >> 8, at & 0xff]);
/** More than what is built without a worker. */
const revoked = Array.from({ length: 4000 }, (_, at) => {
  return { serial: serialOf(at), at: new Date(at * 1000), reason: 'affiliationChanged' as const };
});
const der = authority.crl({ number: 41n, revoked });

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kazasu-index-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function orderOf(folder: string, bytes: Buffer, chunkBytes = 10_000): CrlOrder {
  const sha256 = hash('sha256', bytes);
  const count = Math.ceil(bytes.length / chunkBytes);
  const chunks = Array.from({ length: count }, (_, at) => {
    const chunk = bytes.subarray(at * chunkBytes, (at + 1) * chunkBytes);
    const path = join(folder, `chunk-${at}`);
    writeFileSync(path, chunk);
    return { sha256: hash('sha256', chunk), path };
  });
  return { sha256, bytes: bytes.length, chunks, path: join(folder, `${sha256}.index`) };
}

const indexesIn = (folder: string) => readdirSync(folder).filter((name) => !/^chunk-/u.test(name));

test('a list in many chunks becomes an index, beside others', async () => {
  const folder = tempFolder();
  const large = orderOf(folder, der);
  const small = orderOf(tempFolder(), authority.crl({ number: 42n }));
  const [first = '', second = ''] = await buildRevocationFiles({ anchors, lists: [large, small] });
  const list = await openRevocationFile(large.path, first);
  const empty = await openRevocationFile(small.path, second);
  expect(list).toMatchObject({ number: 41n, entries: 4000, base: null });
  expect(empty).toMatchObject({ number: 42n, entries: 0 });
  for (const at of [0, 1, 1234, 3999]) {
    const found = list.revoked(serialOf(at).toString('latin1'));
    expect(found).toEqual({ reason: 'affiliationChanged', at: at * 1000 });
  }
  expect(list.revoked(serialOf(4000).toString('latin1'))).toBeNull();
  list.close();
  empty.close();
  expect(indexesIn(folder)).toEqual([`${large.sha256}.index`]);
});

function flipped(bytes: Buffer, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
}

test.each<[string, object, (folder: string) => CrlOrder]>([
  [
    'that was changed after it was signed',
    { reason: 'crl-bad-signature' },
    // Inside the serial number of the first entry.
    (folder) => orderOf(folder, flipped(der, der.indexOf(Buffer.from([2, 3, 1, 0, 0])) + 4)),
  ],
  [
    'that ends too early',
    { reason: 'crl-malformed' },
    (folder) => orderOf(folder, der.subarray(0, -7)),
  ],
  [
    'with a chunk that is another one',
    { code: 'chunk-hash' },
    (folder) => {
      const order = orderOf(folder, der);
      writeFileSync(order.chunks[3]?.path ?? '', Buffer.alloc(10_000));
      return order;
    },
  ],
  [
    'with a chunk that is missing',
    { code: 'truncated' },
    (folder) => {
      const order = orderOf(folder, der);
      rmSync(order.chunks[3]?.path ?? '');
      return order;
    },
  ],
  [
    'with another size than the manifest says',
    { code: 'root' },
    (folder) => ({ ...orderOf(folder, der), bytes: der.length - 1 }),
  ],
  [
    'whose chunks are in another order',
    { code: 'root' },
    (folder) => ({ ...orderOf(folder, der), sha256: '0'.repeat(64) }),
  ],
])('a list %s leaves no index behind', async (_what, fault, prepare) => {
  const folder = tempFolder();
  const lists = [prepare(folder)];
  await expect(buildRevocationFiles({ anchors, lists })).rejects.toMatchObject(fault);
  expect(indexesIn(folder)).toEqual([]);
});

test('the room that facts need is not taken', async () => {
  const folder = tempFolder();
  const job = { anchors, lists: [orderOf(folder, der)], spareBytes: 1e15 };
  await expect(buildRevocationFiles(job)).rejects.toMatchObject({ code: 'disk-full' });
  expect(indexesIn(folder)).toEqual([]);
});

test('without a list nothing is built', async () => {
  expect(await buildRevocationFiles({ anchors, lists: [] })).toEqual([]);
});
