/** Two copies of the gate's disk: as it is, and as it would be on a machine whose service manager hands over a seal. */

import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from './child.ts';
import { LIST } from './city.ts';

const SEALED_MS_MAX = 30_000;

export interface Copies {
  readonly asItIs: string;
  readonly sealed: string;
  /** Removes both. */
  dispose(): Promise<void>;
}

/** Copies the state of a gate while it runs. */
export async function copyDisk(gateState: string): Promise<Copies> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-thief-'));
  const [asItIs, sealed] = [join(folder, 'as-it-is'), join(folder, 'sealed')];
  try {
    for (const copy of [asItIs, sealed]) {
      const isKept = async (path: string) => !(await lstat(path)).isSocket();
      await cp(gateState, copy, { recursive: true, filter: isKept });
      await chmod(join(copy, 'keys'), 0o700);
    }
    await sealKeys(folder, sealed);
    return { asItIs, sealed, dispose: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** By the gate's own program: what was kept in clear it seals as soon as it is handed a seal. */
async function sealKeys(folder: string, state: string): Promise<void> {
  const credentials = join(folder, 'credentials');
  await mkdir(credentials, { mode: 0o700 });
  await writeFile(join(credentials, 'key-seal'), randomBytes(32), { mode: 0o600 });
  const config = join(folder, 'sealed.toml');
  await writeFile(config, configuration(state));
  const sealed = Promise.withResolvers<void>();
  const program = new Program({
    entry: 'src/main.ts',
    args: ['run', '--config', config],
    env: { CREDENTIALS_DIRECTORY: credentials },
    onLine: (line) => {
      if (line['event'] === 'keys.ready' && line['sealed'] === true) sealed.resolve();
    },
  });
  const late = setTimeout(() => sealed.reject(new Error('no gate with a seal')), SEALED_MS_MAX);
  const ended = program.exited.then((end) => sealed.reject(new Error(`it ended: ${end}`)));
  try {
    await sealed.promise;
  } finally {
    clearTimeout(late);
    await program.end();
    await ended;
    await rm(credentials, { recursive: true });
  }
}

function configuration(state: string): string {
  return `profile = "gate"
name = "gate-1"
state = ${JSON.stringify(state)}
[platform]
url = "ws://127.0.0.1:1/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[services.event-entry]
list = "${LIST}"
`;
}
