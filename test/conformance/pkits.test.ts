/** That the runner tells right from wrong; and NIST's own cases, where they lie beside the checkout. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anchor, crlOf, leafUnder } from '../pki/chains.ts';
import { judgePkits, PKITS_FILE, PKITS_NOW, readPkits } from './pkits.ts';

const DAY_MS = 86_400_000;
const MAIN = path.join(import.meta.dirname, 'main.ts');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kazasu-pkits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A set of two cases, a valid certificate and a revoked one, with what is said of each. */
async function setOf(expected: { good: boolean; revoked: boolean }): Promise<string> {
  const around = {
    notBefore: new Date(PKITS_NOW - DAY_MS),
    notAfter: new Date(PKITS_NOW + DAY_MS),
  };
  const times = { thisUpdate: around.notBefore, nextUpdate: around.notAfter };
  const root = anchor(around);
  const [good, revoked] = [leafUnder(root, around), leafUnder(root, around)];
  const named = (title: 'good' | 'revoked') => ({
    title: `a ${title} one`,
    certs: ['root', title],
    crls: ['root'],
    should_validate: expected[title],
  });
  const set = {
    tests: [named('good'), named('revoked')],
    certs: {
      root: root.der.toString('base64'),
      good: good.der.toString('base64'),
      revoked: revoked.der.toString('base64'),
    },
    crls: { root: crlOf(root, { ...times, revoked: [revoked.serial] }).toString('base64') },
  };
  const file = path.join(folder, `${expected.good}-${expected.revoked}.json`);
  await writeFile(file, JSON.stringify(set));
  return file;
}

function run(...args: readonly string[]): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { timeout: 60_000 }, (error, out) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out });
    });
  });
}

describe('npm run conformance', () => {
  it('ends with 0 when every case is answered as the set says', async () => {
    const { code, out } = await run('pkits', await setOf({ good: true, revoked: false }));
    expect(out).toBe('2 of 2 as they should be, 0 wrongly accepted, 0 wrongly refused\n');
    expect(code).toBe(0);
  });

  it('names each case that is answered otherwise, and ends with 1', async () => {
    const { code, out } = await run('pkits', await setOf({ good: false, revoked: true }));
    expect(out.split('\n')).toEqual([
      'a good one: accepted',
      'a revoked one: revoked, keyCompromise',
      '0 of 2 as they should be, 1 wrongly accepted, 1 wrongly refused',
      '',
    ]);
    expect(code).toBe(1);
  });

  it('ends with 2 for another set, no file, and a file that is no set', async () => {
    const empty = path.join(folder, 'empty.json');
    await writeFile(empty, '{"tests":[],"certs":{},"crls":{}}');
    for (const args of [[], ['limbo', empty], ['pkits', empty], ['pkits', `${empty}.none`]])
      expect(await run(...args)).toEqual({ code: 2, out: '' });
  });
});

// The file is not part of the project: a checkout without it has the tests above.
if (existsSync(PKITS_FILE)) {
  const cases = await readPkits(PKITS_FILE);
  describe(`PKITS, ${cases.length} cases`, () => {
    it.each(cases)('$title', (each) => {
      expect(judgePkits(each)).toMatchObject({ valid: each.valid });
    });
  });
}
