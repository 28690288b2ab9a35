/** Every machine of the folder state-machines/, by the name it is exported under. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnyStateMachine, StateMachine } from 'xstate';

const FOLDER = join(import.meta.dirname, '../../state-machines');

/** Found by looking, so that a new machine cannot be forgotten by the tests and the documents. */
export async function allMachines(): Promise<ReadonlyMap<string, AnyStateMachine>> {
  const machines = new Map<string, AnyStateMachine>();
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort()) {
    const exported: Record<string, unknown> = await import(join(FOLDER, file));
    for (const [name, value] of Object.entries(exported)) {
      if (value instanceof StateMachine) machines.set(name, value);
    }
  }
  return machines;
}
