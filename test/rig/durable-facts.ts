/** What a ledger holds for good, seen from outside. */

import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { Ledger } from '../../src/store/ledger.ts';

/** The facts that are durable now, by a copy of the ledger: whoever recovers it first must be its terminal. */
export async function durableFacts(stateDirectory: string, terminal: string): Promise<Fact[]> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-ledger-'));
  try {
    for (const name of await readdir(stateDirectory)) {
      if (!name.startsWith('ledger.db')) continue;
      await copyFile(join(stateDirectory, name), join(directory, name));
    }
    const read = () => ({ at: new Date(0).toISOString(), clock: 'unset', mono: 0 }) as const;
    const ledger = Ledger.open({ directory, terminal, countsAsBoot: false, read });
    try {
      expect(ledger.verifyChain()).toMatchObject({ ok: true });
      return [...ledger.facts(0)];
    } finally {
      ledger.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}
