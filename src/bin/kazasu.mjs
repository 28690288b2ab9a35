#!/usr/bin/env node
import { runPinned } from './pinned-node.mjs';

runPinned('kazasu', 'src/main.ts');
