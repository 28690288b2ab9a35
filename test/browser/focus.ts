/** Where the focus is and where arrows take it. What runs inside the page is text, and evaluates to what is said of it. */

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

/** For each control, the ones to which the arrows lead from it, in the order of ARROWS; asked of the page at once, without a keyboard. */
export const ARROWS_BETWEEN = `${CONTROLS}.map((from) => ${JSON.stringify(ARROWS)}.map((key) => {
  from.focus();
  from.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  return ${FOCUSED_CONTROL};
}))`;
