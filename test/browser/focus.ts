/** Where the focus is and where arrows take it. What runs inside the page is text, and evaluates to what is said of it. */

import type { Page } from 'playwright-core';

export const ARROWS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] as const;

const CONTROLS = `[...document.querySelectorAll('button:not([disabled])')]`;

/** The words of everything that can be pressed, in document order: string[]. */
export const CONTROL_NAMES = `${CONTROLS}.map((control) => control.textContent.trim())`;

/** The place of the focused control in that order: number, -1 for none. */
export const FOCUSED_CONTROL = `${CONTROLS}.indexOf(document.activeElement)`;

/** Gives the focus to the control at that place. */
export const focusControl = (at: number): string => `${CONTROLS}[${at}].focus()`;

/** Whether the focused control is on the screen, uncovered, and drawn with an outline: what is wrong, or null. */
export const FOCUS_FAULT = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return 'nothing has the focus';
  const box = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return 'no outline: ' + element.textContent;
  // At an edge the outline may end with the screen; three sides of it have to be seen.
  const beyond = [
    box.left < 0, box.top < 0, box.right > innerWidth, box.bottom > innerHeight,
  ].filter(Boolean).length;
  if (beyond > 0) return 'it leaves the screen: ' + element.textContent;
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const covered = top === null || !(element.contains(top) || top.contains(element));
  return covered ? 'covered: ' + element.textContent : null;
})()`;

/** For each control, the ones to which the arrows lead from it, in the order of ARROWS. */
export async function arrowsBetween(page: Page, controls: number): Promise<number[][]> {
  const leads: number[][] = [];
  for (let from = 0; from < controls; from++) {
    const to: number[] = [];
    for (const arrow of ARROWS) {
      await page.evaluate(focusControl(from));
      await page.keyboard.press(arrow);
      to.push(await page.evaluate<number>(FOCUSED_CONTROL));
    }
    leads.push(to);
  }
  return leads;
}
