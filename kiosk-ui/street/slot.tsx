/** A slot for papers: the newest one comes out, hangs for a while, and is taken. */

import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import { useJustOut } from './device.tsx';

/** A paper hangs out of the slot for so long before somebody takes it. */
const HANGS_MS = 12_000;

export function Slot(props: { readonly place: PlaceShown; readonly state: StreetState }) {
  const { place, state } = props;
  const papers = state.papers.newest.filter((paper) => paper.place === place.id);
  const out = useJustOut(papers[0]?.number ?? 0, state.run, HANGS_MS);
  const hanging = papers.find(({ number }) => number === out);
  return (
    <>
      <i class="slot" />
      {hanging !== undefined && (
        <div class="hanging" aria-hidden="true">
          <img key={hanging.svg} src={hanging.svg} alt="" draggable={false} />
        </div>
      )}
    </>
  );
}
