#!/usr/bin/env node
import { runPinned } from './pinned-node.mjs';

runPinned('kazasu-platform', 'platform-sim/main.ts');
