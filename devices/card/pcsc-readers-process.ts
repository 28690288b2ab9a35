/** Says which readers pcscd knows (`PcscReaders` as JSON), and ends by SIGKILL for the reason of pcsc-process.ts. */

import { writeSync } from 'node:fs';
import { fromPcsc } from './pcsc-errors.ts';
import type { PcscReaders } from './pcsc-readers.ts';

/** npm pcsclite announces the readers one by one and never says that these were all. */
const ALL_ANNOUNCED_MS = 500;

function say(answer: PcscReaders): never {
  writeSync(1, JSON.stringify(answer));
  process.kill(process.pid, 'SIGKILL');
  throw new Error('survived SIGKILL');
}

async function announced(): Promise<never> {
  const pcsclite = (await import('pcsclite').catch(() => null))?.default;
  if (pcsclite === undefined) {
    return say({ problem: 'npm pcsclite is not there or can not be loaded' });
  }
  try {
    const readers: string[] = [];
    const context = pcsclite();
    context.on('error', (error) => say({ problem: `pcscd ended (${fromPcsc(error).message})` }));
    context.on('reader', (reader) => {
      reader.on('error', () => undefined);
      readers.push(reader.name);
    });
    setTimeout(() => say({ readers }), ALL_ANNOUNCED_MS);
    return await new Promise<never>(() => {});
  } catch (error) {
    return say({ problem: `pcscd does not answer (${fromPcsc(error).message})` });
  }
}

await announced();
