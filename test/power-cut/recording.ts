/** Runs a process under the recorder, and reads what it did to the files of a folder. Needs no test runner. */

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One thing that a process did, in the order in which it did them. Paths are absolute. */
export type Operation =
  | { readonly kind: 'create' | 'folder'; readonly inode: number; readonly path: string }
  | {
      readonly kind: 'write';
      readonly inode: number;
      readonly offset: number;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'resize'; readonly inode: number; readonly size: number }
  | { readonly kind: 'sync'; readonly inode: number }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'remove'; readonly path: string }
  /** What it told others: from here on they count on it. */
  | { readonly kind: 'said'; readonly text: string };

export interface Recording {
  /** The watched folder, as the process left it. */
  readonly folder: string;
  readonly operations: readonly Operation[];
}

const HEAD_BYTES = 40;
const STORY_MS_MAX = 240_000;

/** `library`: where the compiled recorder is put. */
export function compileRecorder(library: string): void {
  const source = fileURLToPath(new URL('recorder.c', import.meta.url));
  const strict = ['-Wall', '-Wextra', '-Werror'];
  execFileSync('cc', ['-shared', '-fPIC', '-O1', ...strict, '-o', library, source, '-ldl']);
}

/**
 * Runs `script` of this folder with the watched folder and `args`, in a `scratch` of its own. What the script writes to
 * the file of POWER_CUT_SAID is what it says. Rejects when it fails.
 */
export async function record(
  library: string,
  scratch: string,
  script: string,
  args: readonly string[] = [],
): Promise<Recording> {
  const folder = join(scratch, 'medium');
  mkdirSync(folder, { recursive: true });
  const log = join(scratch, 'log');
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [path, folder, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: STORY_MS_MAX,
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      LD_PRELOAD: library,
      POWER_CUT_WATCH: folder,
      POWER_CUT_LOG: log,
      POWER_CUT_SAID: join(scratch, 'said'),
    },
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exit, signal) => resolve(exit ?? signal));
  });
  if (code !== 0) throw new Error(`${script} ended with ${String(code)}: ${stderr.slice(-2_000)}`);
  return { folder, operations: [...operationsOf(readFileSync(log))] };
}

/** The struct `record` of recorder.c, and its texts. */
function* operationsOf(log: Buffer): Generator<Operation> {
  for (let at = 0; at < log.length; ) {
    const field = (n: number) => Number(log.readBigUInt64LE(at + n * 8));
    const [inode, number] = [field(1), field(2)];
    const kind = String.fromCharCode(field(0));
    const first = log.subarray(at + HEAD_BYTES, at + HEAD_BYTES + field(3));
    const end = at + HEAD_BYTES + field(3) + field(4);
    const second = log.toString('utf8', at + HEAD_BYTES + field(3), end);
    yield operationOf(kind, { inode, number, first, second });
    at = end;
  }
}

function operationOf(
  kind: string,
  record: { inode: number; number: number; first: Buffer; second: string },
): Operation {
  const { inode, number, first, second } = record;
  const text = (): string => first.toString('utf8');
  if (kind === 'C') return { kind: 'create', inode, path: text() };
  if (kind === 'M') return { kind: 'folder', inode, path: text() };
  if (kind === 'W') return { kind: 'write', inode, offset: number, bytes: first };
  if (kind === 'T') return { kind: 'resize', inode, size: number };
  if (kind === 'S') return { kind: 'sync', inode };
  if (kind === 'R') return { kind: 'rename', from: text(), to: second };
  if (kind === 'L') return { kind: 'link', from: text(), to: second };
  if (kind === 'U') return { kind: 'remove', path: text() };
  if (kind === '!') return { kind: 'said', text: text() };
  throw new Error(`the recorder wrote ${JSON.stringify(kind)}`);
}
