/** Age check (年齢判定): so old or older, yes or no. Nothing else is asked, and nothing of the person is kept. */

import { z } from 'zod';
import type { Assurance } from '../domain/entry-list.ts';
import type { Told, ToldText } from '../domain/told.ts';
import { procedure } from '../procedure/procedure.ts';
import type { HandOut } from '../release-slot.ts';
import type { Service, TerminalParts } from './service.ts';

export interface AgeCheckOptions {
  readonly age: number;
  readonly pin: 'never' | 'always';
  /** Where there is no PIN. */
  readonly assurance: Assurance;
}

/** `over`: null unless the certificate is valid and its holder's date of birth is known. */
const ANSWER = z.strictObject({
  standing: z.enum(['valid', 'invalid', 'unknown']),
  over: z.boolean().nullable(),
});

type Answer = z.infer<typeof ANSWER>;
type Result = 'over' | 'under' | 'invalid' | 'unknown';

export function ageCheck(parts: TerminalParts, { age, pin, assurance }: AgeCheckOptions): Service {
  const { handOut } = parts;
  return procedure(parts, {
    id: 'age-check',
    purpose: { service: 'age-check', age, pin: pin === 'always' },
    assurance: pin === 'always' ? 'possession+pin' : assurance,
    asks: { age },
    answer: ANSWER,
    tells: (answer) => ({
      text: `age-check.${resultOf(answer)}` satisfies ToldText,
      given: { age },
    }),
    records: (answer, reached) => ({
      event: 'age.checked',
      subject: null,
      body: { age, result: resultOf(answer), assurance: reached },
    }),
    ...(handOut === null ? {} : { needs: ['release'], acts: handingOut(handOut, age) }),
  });
}

/** On a yes alone, and to nobody but whoever holds the card. */
function handingOut(handOut: HandOut, age: number) {
  return async (answer: Answer, isThere: () => boolean): Promise<Told | null> => {
    if (resultOf(answer) !== 'over') return null;
    const outcome = isThere() ? await handOut('age-check') : null;
    return outcome === 'released' ? null : { text: 'age-check.stuck', given: { age } };
  };
}

/** A holder who is not known is not so old, and a yes without a valid certificate is none. */
function resultOf({ standing, over }: Answer): Result {
  if (standing !== 'valid') return standing;
  if (over === null) return 'unknown';
  return over ? 'over' : 'under';
}
