/** The day of evacuation as it is meant to be, played once: alert, television, remote control, shelter, town hall. */

import { EVACUATION_DAY } from './scenarios/evacuation.ts';
import { Stage } from './stage.ts';
import type { Street } from './world.ts';

/** Rejects with what went otherwise. `say`: what people should read. */
export async function firstEvacuation(
  street: Street,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const stage = new Stage(street, {
    onStep: ({ en }) => say(`          * ${en}`),
    onProved: ({ en }) => say(`            ${en}`),
  });
  await EVACUATION_DAY.play(stage);
  return [];
}
