/** What a simulated payment unit keeps through the loss of its power: one text, on the disk before it answers. */

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface UnitMemory {
  /** Null: it was never written. */
  read(): string | null;
  /** Durable when it returns. */
  write(text: string): void;
}

/** In the process alone: for tests that lose no process. */
export function memoryInProcess(): UnitMemory {
  let kept: string | null = null;
  return {
    read: () => kept,
    write(text) {
      kept = text;
    },
  };
}

export function memoryInFile(path: string): UnitMemory {
  return {
    read: () => (existsSync(path) ? readFileSync(path, 'utf8') : null),
    write(text) {
      const aside = `${path}.new`;
      const file = openSync(aside, 'w', 0o600);
      try {
        writeFileSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(aside, path);
      const folder = openSync(dirname(path), 'r');
      try {
        fsyncSync(folder);
      } finally {
        closeSync(folder);
      }
    },
  };
}
