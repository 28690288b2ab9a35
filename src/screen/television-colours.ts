/** What blue, green and red press on a television: the answers of the person who is chosen. */

import type { AlertAnswer } from '../domain/evacuation.ts';
import type { Key, ScreenBody } from '../domain/screen.ts';
import { answerChoice } from '../domain/television-screen.ts';

type Colours = Partial<Record<'blue' | 'green' | 'red', Key>>;

/** For that person, whoever is chosen by the time that it is pressed. */
export function televisionColours(body: ScreenBody): Colours {
  if (body.screen !== 'tv-alert') return {};
  const { alert, chosen, sample } = body;
  if (chosen === null || sample || alert.state === 'over') return {};
  const answers = (answer: AlertAnswer): Key => ({
    key: 'choose',
    choice: answerChoice(answer, chosen),
  });
  return { blue: answers('leaving'), green: answers('safe'), red: answers('help') };
}
