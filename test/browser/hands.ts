/** The two ways to use a terminal: a finger, or four arrows and Enter. Both do all that can be done there. */

import type { Locator, Page } from 'playwright-core';
import { ARROWS, ARROWS_BETWEEN, CONTROL_NAMES, FOCUSED_CONTROL, focusControl } from './focus.ts';
import { wordsOf } from './gate-in-browser.ts';

export interface Hand {
  /** Presses the control with these words (as they stand in the catalogue). */
  press(words: string): Promise<void>;
}

export function finger(page: Page): Hand {
  return { press: (words) => control(page, words).tap() };
}

/** Looks at the screen first, as people do; then the focus is moved by arrows alone. */
export function arrows(page: Page): Hand {
  /** Where each arrow leads, by the words of the controls. */
  const known = new Map<string, number[][]>();
  return {
    async press(words) {
      await control(page, words).waitFor();
      const names = await page.evaluate<string[]>(CONTROL_NAMES);
      const to = names.findIndex((name) => wordsOf(words).test(name));
      if ((await page.evaluate<number>(FOCUSED_CONTROL)) < 0)
        await page.keyboard.press('ArrowDown');
      const from = await page.evaluate<number>(FOCUSED_CONTROL);
      const screen = names.join('\n');
      const leads = known.get(screen) ?? (await page.evaluate<number[][]>(ARROWS_BETWEEN));
      known.set(screen, leads);
      await page.evaluate(focusControl(from));
      for (const arrow of way(from, to, leads)) await page.keyboard.press(arrow);
      if ((await page.evaluate<number>(FOCUSED_CONTROL)) !== to) {
        throw new Error(`the arrows do not lead to ${words}`);
      }
      await page.keyboard.press('Enter');
    },
  };
}

/** The shortest one. */
function way(from: number, to: number, leads: readonly (readonly number[])[]): string[] {
  const ways = new Map<number, string[]>([[from, []]]);
  for (const [at, path] of ways) {
    if (at === to) return path;
    ARROWS.forEach((arrow, direction) => {
      const next = leads[at]?.[direction] ?? -1;
      if (next >= 0 && !ways.has(next)) ways.set(next, [...path, arrow]);
    });
  }
  throw new Error(`control ${to} is out of reach of control ${from}`);
}

/** One that is resting is shown, and would take nothing: a person sees the next screen no earlier. */
function control(page: Page, words: string): Locator {
  return page
    .getByRole('button', { disabled: false })
    .filter({ hasText: wordsOf(words) })
    .first();
}
