/** The worker of `verifyAside`: every row of a million is read, and whoever holds a card does not wait for it. */

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { verifyListFile } from './list-inspection.ts';

// Of this thread alone (setpriority(2), "C library/kernel differences").
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
parentPort?.postMessage(verifyListFile(workerData.path, workerData.manifest));
