/** Versions of a list that are not what they should be, as a platform made by hand offers them. */

import { createHash, createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { EntryListManifest } from '../../src/domain/entry-list.ts';
import type { Head } from '../../src/link/protocol.ts';
import { type FakePlatform, headOf } from './fake-platform.ts';
import { LIST } from './fixtures.ts';

export async function altered(
  platform: FakePlatform,
  change: (cms: Buffer) => Buffer,
): Promise<{ head: Head }> {
  const { manifest, object } = await platform.publish(3);
  const other = platform.put(change(Buffer.from(platform.objects.get(object) ?? '')));
  return { head: headOf(manifest, other) };
}

export async function republished(
  platform: FakePlatform,
  change: Partial<EntryListManifest>,
): Promise<{ head: Head }> {
  const { head } = await platform.publish(3, change);
  return { head };
}

/** A head of version 3 whose list key is another than `said` is of; the key in the frame is always `LIST_KEY`. */
export async function keyed(platform: FakePlatform, said: Buffer): Promise<{ head: Head }> {
  const row = createHmac('sha256', said).update(`kazasu-row-1${LIST}\u0001`, 'utf8').digest();
  const probe = createHash('sha256').update('kazasu-key-id-1').digest();
  const keyId = createHmac('sha256', row).update(probe).digest('hex');
  return republished(platform, { keyId });
}

/** Serves other bytes under the name of the first chunk. */
export async function badChunk(
  platform: FakePlatform,
  change: (chunk: Buffer) => Buffer | null,
): Promise<{ head: Head }> {
  const { head, manifest } = await platform.publish(3);
  const [first = ''] = manifest.chunks;
  const bytes = change(Buffer.from(platform.objects.get(first) ?? ''));
  if (bytes === null) platform.objects.delete(first);
  else platform.objects.set(first, bytes);
  return { head };
}

/** The first chunk of version 3 is answered otherwise. */
export async function answered(
  platform: FakePlatform,
  answer: (response: ServerResponse, chunk: Buffer) => void,
): Promise<{ head: Head }> {
  const { head, manifest } = await platform.publish(3);
  const [first = ''] = manifest.chunks;
  platform.onObject = (sha256, response) => {
    if (sha256 !== first) return false;
    answer(response, platform.objects.get(sha256) ?? Buffer.alloc(0));
    return true;
  };
  return { head };
}

export function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}
