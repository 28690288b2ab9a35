#!/usr/bin/env node
import { runPinned } from './pinned-node.mjs';

runPinned('src/main.ts');
