/**
 * Groups of tests, told apart by file name:
 * - unit: everything else. Needs neither Debian packages nor root.
 * - tools: `*.browser.test.ts` and `*.tools.test.ts`. Debian's Chromium with its fonts, OpenSSL, espeak-ng, small disks, but no card
 *   reader; beside the unit tests, which leave a processor idle. A missing part is a failure.
 * - real: `*.real.test.ts` and test/chaos/. The real pcscd, OpenSC, pseudo-terminals, killed processes; each file has a PC/SC service of
 *   its own, the street's in namespaces of their own. A missing part is a failure.
 * - long: `*.long.test.ts`. Minutes; `npm run test:long`.
 * - systemd: `*.systemd.test.ts`. The package on a machine with a systemd of its own; `npm run test:systemd`.
 * - kernel: `*.kernel.test.ts`. What Debian's kernel does, in QEMU; `npm run test:kernel`.
 */

import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

const REAL = ['test/**/*.real.test.ts', 'test/chaos/**/*.test.ts'];
const TOOLS = ['test/**/*.browser.test.ts', 'test/**/*.tools.test.ts'];
const LONG = ['test/**/*.long.test.ts'];
const SYSTEMD = ['test/**/*.systemd.test.ts'];
const KERNEL = ['test/**/*.kernel.test.ts'];

/** Groups that run beside each other share these. Of two processors, waits for devices and processes leave some. */
const MAX_WORKERS = 3;
/** What they measure and count themselves is to be of a machine that is not full. */
const MAX_LONG_WORKERS = 2;

export default defineConfig({
  test: {
    // A loaded machine of two cores must not fail a test that is right.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    runner: './test/patient-runner.ts',
    reporters: ['default', './test/second-attempts.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          maxWorkers: MAX_WORKERS,
          include: ['test/**/*.test.ts'],
          exclude: [...TOOLS, ...REAL, ...LONG, ...SYSTEMD, ...KERNEL],
        },
      },
      {
        extends: true,
        test: {
          name: 'tools',
          maxWorkers: MAX_WORKERS,
          include: TOOLS,
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: REAL,
          exclude: LONG,
          testTimeout: 120_000,
          maxWorkers: MAX_WORKERS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'long',
          include: LONG,
          testTimeout: 1_800_000,
          maxWorkers: MAX_LONG_WORKERS,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'systemd',
          include: SYSTEMD,
          testTimeout: 300_000,
          // Debian's packages come over the network the first time.
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'kernel',
          include: KERNEL,
          testTimeout: 900_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
