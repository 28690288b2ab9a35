/**
 * Judges the files of a folder, each as what its name begins with, in a process of its own, so that
 * the most memory it ever had can be told. `anchor.der` is pinned. One JSON line a file.
 */

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { X509Error } from '../../src/pki/der.ts';
import { validatePath } from '../../src/pki/path-validation.ts';
import { TrustError } from '../../src/pki/trust-error.ts';
import { trustStoreOf } from './memory-trust.ts';

const KIB_A_MIB = 1024;
const [folder = '.'] = process.argv.slice(2);
const read = (file: string) => readFileSync(path.join(folder, file));
const anchors = [read('anchor.der')];
const store = await trustStoreOf({ anchors, crls: [] });

/** Anything but an expected answer ends the process. */
const JUDGES: Readonly<Record<string, (der: Buffer) => Promise<string>>> = {
  async card(der) {
    const verdict = await store.verify(der, Date.now());
    return verdict.valid ? 'valid' : verdict.reason;
  },
  anchor: (der) => load({ anchors: [der], crls: [] }),
  crl: (der) => load({ anchors, crls: [der] }),
  async path(der) {
    const material = { anchors, intermediates: [der], crls: [der] };
    const [leaf] = anchors;
    try {
      const verdicts = [der, leaf ?? der].map((each) => validatePath(each, material, Date.now()));
      return verdicts.map((each) => (each.valid ? 'valid' : each.fault)).join(' ');
    } catch (error) {
      if (error instanceof X509Error) return 'thrown';
      throw error;
    }
  },
};

async function load(material: { anchors: Buffer[]; crls: Buffer[] }): Promise<string> {
  try {
    await trustStoreOf(material);
    return 'loaded';
  } catch (error) {
    if (error instanceof TrustError) return error.reason;
    throw error;
  }
}

const mostMemory = () => process.resourceUsage().maxRSS / KIB_A_MIB;

// What the first of each kind costs is code, not what it was given.
for (const judge of Object.values(JUDGES)) await judge(read('anchor.der'));
for (const file of readdirSync(folder).toSorted()) {
  const judge = JUDGES[file.split('-')[0] ?? ''];
  if (judge === undefined) continue;
  const der = read(file);
  const [before, startedAt] = [mostMemory(), performance.now()];
  const answer = await judge(der);
  const [ms, mib] = [performance.now() - startedAt, mostMemory() - before];
  process.stdout.write(`${JSON.stringify({ file, answer, ms, mib })}\n`);
}
