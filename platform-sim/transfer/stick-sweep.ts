/** Objects on a stick that no list on it needs any more: those of earlier versions, and what was cut off. */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRY_LIST_MANIFEST, HEAD, HEAD_FRAME, LIMITS } from '../../src/link/protocol.ts';
import { contentOf } from '../cms.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';

const HEAD_BYTES_MAX = 65_536;
const OBJECT = /^[0-9a-f]{64}(?:\.part)?$/u;

/**
 * Returns how many went. They are in nobody's way but their own size's: what can't be removed stays, and where a list on the
 * stick can't be read everything does, for nobody knows what it names.
 */
export function removeUnnamed(directory: string): number {
  const folder = join(directory, 'kazasu', 'objects');
  return unnamedOn(directory, folder).filter((name) => isRemoved(join(folder, name))).length;
}

function unnamedOn(directory: string, folder: string): readonly string[] {
  const down = join(directory, 'kazasu', 'down');
  try {
    const heads = readdirSync(down)
      .map((terminal) => join(down, terminal, 'list.json'))
      .filter((file) => existsSync(file));
    const named = new Set(heads.flatMap((file) => namedBy(file, folder)));
    return readdirSync(folder).filter((name) => OBJECT.test(name) && !named.has(name));
  } catch {
    // Others wrote on it, too, and it may be broken.
    return [];
  }
}

function namedBy(file: string, folder: string): readonly string[] {
  const { statement } = HEAD_FRAME.parse(
    JSON.parse(bytesOf(file, HEAD_BYTES_MAX).toString('utf8')),
  );
  const { manifest } = HEAD.parse(
    JSON.parse(contentOf(Buffer.from(statement, 'base64')).toString()),
  );
  const signed = bytesOf(join(folder, manifest), LIMITS.manifestBytes);
  const { chunks, delta } = ENTRY_LIST_MANIFEST.parse(JSON.parse(contentOf(signed).toString()));
  return [manifest, ...chunks, ...(delta === undefined ? [] : [delta.object])];
}

function bytesOf(file: string, bytesMax: number): Buffer {
  const bytes = readInputFile(file, bytesMax);
  if (typeof bytes === 'string') throw new InputError(`${file}: ${bytes}`);
  return bytes;
}

function isRemoved(file: string): boolean {
  try {
    rmSync(file);
    return true;
  } catch {
    return false;
  }
}
