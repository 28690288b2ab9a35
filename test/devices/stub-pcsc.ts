/** The handle of devices/card/native/stub-pcsclite.c: a PC/SC service, its reader and its cards, all told what to do. */

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const SOURCE = fileURLToPath(new URL('../../devices/card/native/stub-pcsclite.c', import.meta.url));
const LIBRARY = 'stub-pcsclite.so';
const EF_TOKEN_INFO = 'ef-0006';

/** The keys are described in the C source. Codes are hex digits. */
export interface StubState {
  service: 0 | 1;
  reader: 0 | 1;
  card: number;
  counter: number;
  connect: string;
  disconnect: string;
  transmit: string;
  connect_ms: number;
  transmit_ms: number;
  only: string;
}

export class StubPcsc {
  readonly directory: string;
  readonly #state: StubState = {
    service: 1,
    reader: 1,
    card: 0,
    counter: 0,
    connect: '0',
    disconnect: '0',
    transmit: '0',
    connect_ms: 0,
    transmit_ms: 0,
    only: '0',
  };

  static async start(): Promise<StubPcsc> {
    const stub = new StubPcsc(await mkdtemp(join(tmpdir(), 'stub-pcsc-')));
    const flags = ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-Werror', '-I/usr/include/PCSC'];
    await promisify(execFile)('cc', [...flags, '-o', join(stub.directory, LIBRARY), SOURCE]);
    await writeFile(join(stub.directory, EF_TOKEN_INFO), 'JPKIAPICCTOKEN2'.padEnd(32));
    await stub.set({});
    return stub;
  }

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** For the environment of a process that is to have this PC/SC instead of the real one. */
  get env(): Record<string, string> {
    return { LD_PRELOAD: join(this.directory, LIBRARY), STUB_PCSC_DIR: this.directory };
  }

  async set(changes: Partial<StubState>): Promise<void> {
    Object.assign(this.#state, changes);
    const lines = Object.entries(this.#state).map(([key, value]) => `${key} ${value}\n`);
    const path = join(this.directory, 'state');
    await writeFile(`${path}.next`, lines.join(''));
    await rename(`${path}.next`, path);
  }

  /** What card so-and-so has in EF 000A. */
  async certify(card: number, certificate: Uint8Array): Promise<void> {
    await writeFile(join(this.directory, `certificate-${card}`), certificate);
  }

  async insert(card: number): Promise<void> {
    await this.set({ card, counter: this.#state.counter + 1 });
  }

  async remove(): Promise<void> {
    await this.insert(0);
  }

  /** Another card, and pcscd was not told, or was told of both changes at once. */
  async swap(card: number, told: 'told' | 'untold'): Promise<void> {
    await this.set({ card, counter: this.#state.counter + (told === 'told' ? 2 : 0) });
  }

  /** The calls so far, each with its argument in hex. */
  async calls(): Promise<string[]> {
    const log = await readFile(join(this.directory, 'log'), 'utf8').catch(() => '');
    return log.split('\n').filter((line) => line !== '');
  }

  async count(call: string): Promise<number> {
    return (await this.calls()).filter((line) => line.startsWith(`${call} `)).length;
  }

  /** Ids of the living processes that have this PC/SC. */
  async processes(): Promise<number[]> {
    const pids = (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name));
    const mark = `STUB_PCSC_DIR=${this.directory}\0`;
    const has = async (pid: string) => {
      // Empty for a process that has ended and was not yet waited for.
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      return environment.includes(mark);
    };
    const found = await Promise.all(pids.map(has));
    return pids.filter((_, index) => found[index]).map(Number);
  }

  async dispose(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }
}
