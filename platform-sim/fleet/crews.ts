/** The processes of the simulated terminals, ordered as one. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Crew, Order, Told } from './orders.ts';

const PROGRAM = fileURLToPath(new URL('./crew-process.ts', import.meta.url));

/** Something that was measured did not come to pass; `message` says what people should know. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
}

export interface CrewsOptions extends Omit<Crew, 'from' | 'count' | 'slow'> {
  readonly terminals: number;
  readonly processes: number;
  readonly slow: number;
}

export class Crews {
  readonly terminals: number;
  readonly #children: readonly ChildProcess[];

  constructor({ terminals, processes, slow, ...common }: CrewsOptions) {
    this.terminals = terminals;
    const shares = sharesOf(terminals, processes);
    const slowShares = sharesOf(slow, processes);
    let from = 1;
    this.#children = shares.map((count, index) => {
      const crew: Crew = { from, count, slow: slowShares[index] ?? 0, ...common };
      from += count;
      return fork(PROGRAM, [JSON.stringify(crew)], {
        execArgv: [],
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
    });
  }

  /**
   * Has all processes do it, and resolves with what they tell, together. When `signal` is aborted they tell what there is by then.
   * Rejects with FleetError when a process has ended.
   */
  async order(order: Order, signal: AbortSignal): Promise<Told> {
    const stop = () => {
      for (const child of this.#children) if (child.connected) child.send({ do: 'stop' });
    };
    const told = Promise.all(this.#children.map((child) => answerOf(child)));
    for (const child of this.#children) if (child.connected) child.send(order);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      return together(await told);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async end(): Promise<void> {
    const running = this.#children.filter((child) => !hasEnded(child));
    const exited = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill('SIGKILL');
    await Promise.all(exited);
  }
}

async function answerOf(child: ChildProcess): Promise<Told> {
  if (hasEnded(child)) throw endOf(child.exitCode, child.signalCode);
  const done = new AbortController();
  const { signal } = done;
  try {
    const ended = once(child, 'exit', { signal }).then(([code, name]) => {
      throw endOf(code, name);
    });
    const [told] = await Promise.race([once(child, 'message', { signal }), ended]);
    return told as Told;
  } finally {
    done.abort();
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return (exitCode ?? signalCode) !== null;
}

function endOf(code: number | null, signal: string | null): FleetError {
  return new FleetError(`a process of terminals ended (${code ?? signal})`);
}

/** `total` in as equal parts as can be; none of them is empty, unless there is nothing to share. */
function sharesOf(total: number, parts: number): number[] {
  const least = Math.floor(total / parts);
  return Array.from({ length: parts }, (_, index) => least + (index < total % parts ? 1 : 0));
}

function together(told: readonly Told[]): Told {
  const [first] = told;
  if (first === undefined) throw new FleetError('there are no processes of terminals');
  return {
    did: first.did,
    isWhole: told.every(({ isWhole }) => isWhole),
    begun: Math.min(...told.map(({ begun }) => begun)),
    at: told.flatMap(({ at }) => at),
    took: told.flatMap(({ took }) => took),
    ledgers: told.flatMap(({ ledgers }) => ledgers),
    lost: told.reduce((sum, { lost }) => sum + lost, 0),
    faults: told.flatMap(({ faults }) => faults),
  };
}
