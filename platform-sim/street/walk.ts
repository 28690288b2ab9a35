/** Everybody who lives here holds their card at the gate, one after the other, as often as they are meant to. */

import { describeTap } from './report.ts';
import { decisionOf } from './terminal-health.ts';
import type { Street } from './world.ts';

export interface Walked {
  readonly taps: number;
  /** What went otherwise, a line each. */
  readonly wrong: readonly string[];
}

/** `say`: what people should read. For an evening on which nobody has entered yet. */
export async function walkThrough(street: Street, say: (line: string) => void): Promise<Walked> {
  const wrong: string[] = [];
  let taps = 0;
  for (const resident of street.residents) {
    for (const expected of resident.person.decisions) {
      const tapped = await street.gate.tap(resident);
      taps += 1;
      say(describeTap(resident.person, tapped));
      const decision = decisionOf(tapped.answer);
      if (decision === expected) continue;
      wrong.push(`${resident.person.id}: ${decision}, expected ${expected}`);
      say(`          WRONG: expected ${expected}`);
    }
  }
  return { taps, wrong };
}
