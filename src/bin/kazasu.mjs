#!/usr/bin/env node
import { runPinned } from './pinned-node.mjs';

/**
 * V8 lets young objects pile up to 48 MiB before it looks at them. A terminal has few at a time, and its memory matters
 * more than its throughput.
 */
const YOUNG_HEAP = '--max-semi-space-size=2';

/**
 * mallopt(3). glibc gives each of Node's dozen threads an arena of its own, and learns from large blocks to keep what is
 * freed; what a new list needed for a moment would stay with the process for good.
 */
const MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' };

process.env = { ...MALLOC, ...process.env };
runPinned('kazasu', 'src/main.ts', process.argv.slice(2), [YOUNG_HEAP]);
