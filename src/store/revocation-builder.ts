/** The worker of `buildRevocationFiles`: a list of a nation takes seconds, and taps don't wait. */

import { parentPort, workerData } from 'node:worker_threads';
import { buildIndexes } from './revocation-build.ts';

parentPort?.postMessage(buildIndexes(workerData));
