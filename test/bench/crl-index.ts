/** Indexes one revocation list as the daemon does, as one JSON line: `crl-index.ts JOB`. A process of its own: its memory is the job's. */

import { readFileSync } from 'node:fs';
import { buildRevocationFiles } from '../../src/store/revocation-files.ts';

const KIB_A_MIB = 1024;

/** The most that this process ever had, in MiB. (What getrusage(2) says counts the parent's before exec.) */
function mostMemory(): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/mu.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kib) / KIB_A_MIB;
}

const { anchor, list } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const [before, startedAt] = [mostMemory(), performance.now()];
const [sha256] = await buildRevocationFiles({
  anchors: [Buffer.from(anchor, 'base64')],
  lists: [list],
});
const [seconds, mib] = [(performance.now() - startedAt) / 1000, mostMemory() - before];
process.stdout.write(`${JSON.stringify({ seconds, mib, sha256 })}\n`);
