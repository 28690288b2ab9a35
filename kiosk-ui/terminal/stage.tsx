/** Draws a view: ring, words, what is pressed, the ways out. */

import { Fragment } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../look/icons.tsx';
import { Key } from '../look/key.tsx';
import { type Edge, Maru } from '../look/maru.tsx';
import { Ruby } from '../look/ruby.tsx';
import { Way } from '../look/way.tsx';
import { fitText } from './fit.ts';
import type { View } from './view.ts';

export type WayShown = Parameters<typeof Way>[0];

/** 店員を呼ぶ; `onPress` null: somebody was called and comes. */
export interface CallShown {
  /** May carry ruby. */
  readonly text: string;
  readonly onPress: (() => void) | null;
}

interface StageProps {
  /** Another name is another screen, which is drawn anew. */
  readonly name: string;
  readonly view: View;
  readonly reader: Edge;
  /** Beside the arrow to the reader. May carry ruby. */
  readonly here: string;
  readonly way: WayShown | null;
  /** The way in for staff. May carry ruby. */
  readonly staff: { readonly text: string; readonly onPress: () => void } | null;
  readonly call: CallShown | null;
}

export function Stage({ name, view, reader, here, way, staff, call }: StageProps) {
  const stage = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const fitAgain = () => {
      if (stage.current !== null) fitText(stage.current);
    };
    fitAgain();
    window.addEventListener('resize', fitAgain);
    return () => window.removeEventListener('resize', fitAgain);
  });
  const { layout, ring, title, titleSize, before, words, hands, foot } = view;
  return (
    <main class="stage" data-layout={layout} data-reader={reader} ref={stage}>
      {way !== null && <Way key="way" {...way} />}
      {ring !== null && (
        <div class="spot" key={`spot ${name}`}>
          <Maru state={ring.state} to={ring.alone === true ? null : reader}>
            {ring.inside}
          </Maru>
          {view.here === true && (
            <p class="here">
              <Icon name={reader} />
              <span>
                <Ruby text={here} />
              </span>
            </p>
          )}
        </div>
      )}
      {/* Stays while its content changes: a live region that is new says nothing. */}
      <div class="words" aria-live="polite" key="words">
        <Fragment key={name}>
          {before}
          <h1 class={titleSize}>
            <Ruby text={title} />
          </h1>
          {words}
        </Fragment>
      </div>
      {hands !== undefined && (
        <div class="hands" key={`hands ${name}`}>
          {hands}
        </div>
      )}
      {(foot !== undefined || call !== null) && (
        <div class="foot" key="foot">
          {foot}
          {call !== null && <Call {...call} />}
        </div>
      )}
      {staff !== null && (
        <button type="button" class="staff" key="staff" onClick={staff.onPress}>
          <Icon name="staff" />
          <span>
            <Ruby text={staff.text} />
          </span>
        </button>
      )}
    </main>
  );
}

/** The answer stands where the key was. */
function Call({ text, onPress }: CallShown) {
  return (
    <div class="call" role="status">
      {onPress === null ? (
        <p>
          <Icon name="bell" />
          <span>
            <Ruby text={text} />
          </span>
        </p>
      ) : (
        <Key kind="quiet" icon="bell" text={text} onPress={onPress} />
      )}
    </div>
  );
}
