/** The objects of a stick, where the link has the platform's: what comes is what was asked for, or an error. */

import { createHash } from 'node:crypto';
import { type FetchObject, ObjectError, type ObjectFault } from '../link/object-source.ts';
import { readStickFile, type StickFileFault } from './stick-file.ts';

const FAULTS: Readonly<Record<StickFileFault, ObjectFault>> = {
  none: 'not-found',
  'not-a-file': 'not-found',
  'too-large': 'too-large',
  unreadable: 'unreachable',
};

/** Below the folder where the stick is mounted. One stick may have those of many terminals. */
export function objectPath(sha256: string): readonly string[] {
  return ['kazasu', 'objects', sha256];
}

/** Rejects with ObjectError, or with the signal's reason. */
export function stickObjects(mount: string): FetchObject {
  return async (sha256, limit, signal) => {
    signal.throwIfAborted();
    const bytes = await readStickFile(mount, objectPath(sha256), limit);
    signal.throwIfAborted();
    if (typeof bytes === 'string') throw new ObjectError(FAULTS[bytes], `${bytes} on the stick`);
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found === sha256) return bytes;
    throw new ObjectError('chunk-hash', `${bytes.length} bytes with another hash`, bytes);
  };
}
