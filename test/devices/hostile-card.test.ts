/** Cards that answer to do harm: no certificate is read from them, within three seconds, 50 MiB and a few commands. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';

const LIMIT = { ms: 3_000, mib: 50, commands: 200 } as const;
const LINE = z.object({
  card: z.string(),
  ends: z.record(z.enum(['read', 'prove', 'tries', 'pin', 'signingTries', 'sign']), z.string()),
  commands: z.number(),
  ms: z.number(),
  mib: z.number(),
});

let met: readonly z.infer<typeof LINE>[];

beforeAll(async () => {
  const script = join(import.meta.dirname, 'hostile-card-process.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 55_000 });
  met = stdout
    .trim()
    .split('\n')
    .map((line) => LINE.parse(JSON.parse(line)));
});

test('no certificate and no count of tries comes from a hostile card, and each is told apart from a defect', () => {
  expect(met).toHaveLength(15);
  for (const { card, ends } of met) {
    expect([card, ends.read]).toEqual([
      card,
      expect.stringMatching(/^card-(unreadable|removed|not-supported)$/u),
    ]);
    expect([card, ends.tries]).not.toEqual([card, 'a number']);
    expect([card, ends.signingTries]).not.toEqual([card, 'a number']);
  }
});

test('it is over after a few commands, in three seconds and 50 MiB', () => {
  const tooMuch = met.filter(
    ({ ms, mib, commands }) => ms > LIMIT.ms || mib > LIMIT.mib || commands > LIMIT.commands,
  );
  expect(tooMuch).toEqual([]);
});
