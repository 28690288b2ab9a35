/** The seat in the ring: its first part large, the rest below, and never outside, however long it is. */

import { Fragment } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** The ring's inside as a part of the box: radius 150 less half its line, of 400; less a hair of air. */
const RADIUS = (150 - 12) / 400 - 0.015;
const LARGEST = 1;
const SMALLEST = 0.3;
const STEP = 0.04;

/** 12列34番 needs no space, Row AA does. */
const LATIN_MEETS_LATIN = /[\dA-Za-z] [\dA-Za-z]/u;

export function Seat({ seat }: { readonly seat: string }) {
  const box = useRef<HTMLParagraphElement>(null);
  const [first = '', ...rest] = seat.split(/[\s\u3000]+/u).filter((part) => part !== '');

  useLayoutEffect(() => {
    if (box.current !== null) shrinkIntoRing(box.current);
  }, [seat]);

  return (
    <p class="seat" ref={box}>
      <b>{first}</b>
      {rest.length > 0 && (
        <span>
          {rest.map((part, index) => (
            <Fragment key={part}>
              {index > 0 && LATIN_MEETS_LATIN.test(`${rest[index - 1]} ${part}`) && ' '}
              <i>{part}</i>
            </Fragment>
          ))}
        </span>
      )}
    </p>
  );
}

/** Every line of text is measured, since a circle has no one width. The style sheet keeps the text from 1rem down. */
function shrinkIntoRing(box: HTMLElement): void {
  for (let scale = LARGEST; scale >= SMALLEST; scale -= STEP) {
    box.style.setProperty('--scale', scale.toFixed(2));
    if (isInRing(box)) return;
  }
}

function isInRing(box: HTMLElement): boolean {
  const { left, top, width, height } = box.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  const text = document.createRange();
  text.selectNodeContents(box);
  return [...text.getClientRects()].every((line) =>
    [line.left, line.right].every((side) =>
      [line.top, line.bottom].every((end) => Math.hypot(side - x, end - y) <= RADIUS * width),
    ),
  );
}
