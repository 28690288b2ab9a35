#!/usr/bin/env node
import { runPinned } from './pinned-node.mjs';

runPinned('platform-sim/main.ts');
