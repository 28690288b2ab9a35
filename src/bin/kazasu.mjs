#!/usr/bin/env node
import { join } from 'node:path';
import { packageRoot, runPinned } from './pinned-node.mjs';

/**
 * V8 lets young objects pile up to 48 MiB before it looks at them. A terminal has few at a time, and its memory matters
 * more than its throughput.
 */
const YOUNG_HEAP = '--max-semi-space-size=2';

/**
 * Where Node keeps compiled code, so that the types are taken out of the sources once and not at every start: what does
 * it takes 20 MiB and a tenth of a second in each process. Node does without where it can't write.
 */
const COMPILED = join(packageRoot, 'node_modules', '.cache', 'kazasu');

/**
 * mallopt(3). glibc gives each of Node's dozen threads an arena of its own, and learns from large blocks to keep what is
 * freed; what a new list needed for a moment would stay with the process for good.
 */
const MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

process.env = { NODE_COMPILE_CACHE: COMPILED, ...MALLOC, ...process.env };
runPinned('kazasu', 'src/main.ts', process.argv.slice(2), [YOUNG_HEAP]);
