/** `node src/bin/pinned.mjs FILE ...`: what the scripts of package.json run programs with. */
import { runPinned } from './pinned-node.mjs';

const [entry = 'src/main.ts', ...args] = process.argv.slice(2);
runPinned('kazasu', entry, args);
