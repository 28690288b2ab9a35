/**
 * Text that is longer than anybody foresaw (an operator's directions, a longer language) gets smaller step by step until
 * it fits: never below 1rem, which the style sheet sees to. A screen does not scroll.
 */

const STEPS = 6;

/** Sets `data-fit` of the stage, 0 being the design. Measures what is laid out now. */
export function fitText(stage: HTMLElement): void {
  const parts = [...stage.querySelectorAll<HTMLElement>('.words, .hands')];
  for (let step = 0; step <= STEPS; step += 1) {
    stage.dataset['fit'] = String(step);
    if (!parts.some(isTooLong)) return;
  }
}

function isTooLong({ scrollHeight, clientHeight, scrollWidth, clientWidth }: HTMLElement): boolean {
  return scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1;
}
