/** Breaking things at the place that somebody stands before, and mending them everywhere. */

import type { FaultShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Drawing, type DrawingName } from './drawings.tsx';
import { hereIn, somewheres } from './here.ts';
import { inWords, text } from './language.ts';
import { ask } from './link.ts';

const DRAWINGS: Readonly<Record<string, DrawingName>> = {
  'card-pulled': 'card',
  'reader-unplugged': 'plug',
  'pcscd-killed': 'service',
  'paper-out': 'paper',
  'cover-open': 'cover',
  'printer-off': 'power',
  'network-down': 'cut',
  'network-slow': 'slow',
  'network-stalled': 'stalled',
  'clock-ahead': 'clock',
  'clock-tomorrow': 'clock',
  'clock-1970': 'battery',
  'answer-swapped': 'swap',
  'disk-full': 'disk',
  'sold-out': 'can',
  jammed: 'stop',
  'can-left': 'can',
  'terminal-killed': 'stop',
  'sheets-out': 'paper',
  'sheet-jammed': 'paper',
  'payment-unplugged': 'plug',
  'centre-mixes-requests': 'swap',
  'centre-swaps-document': 'swap',
  'centre-other-manifest': 'swap',
  'centre-answers-late': 'slow',
  'centre-never-answers': 'stalled',
  'centre-other-topology': 'service',
  'remote-unplugged': 'remote',
  'remote-battery': 'battery',
  'tv-off': 'television',
  'tv-unplugged': 'plug',
  'town-hall-down': 'power',
};

export function Breaking({ state }: { readonly state: StreetState }) {
  const words = text.value;
  const here = hereIn(state);
  const broken = somewheres(state).some(({ faults }) => faults.some(({ on }) => on));
  return (
    <section class="breaking" aria-labelledby="breaking">
      <h2 id="breaking">
        {words.breaking(here?.name ?? '')}
        {broken ? (
          <button type="button" class="mend" onClick={() => ask({ do: 'restore' })}>
            {words.mendAll}
          </button>
        ) : (
          <span>{words.nothingBroken}</span>
        )}
      </h2>
      <div class="faults">
        {here?.faults.map((fault) => (
          <Fault key={fault.name} fault={fault} at={here.id} />
        ))}
      </div>
    </section>
  );
}

function Fault({ fault, at }: { readonly fault: FaultShown; readonly at: string }) {
  const { name, label, says, kind, on, missing } = fault;
  const toggle = () => ask({ do: on ? 'restore' : 'fault', name, at });
  return (
    <button
      type="button"
      {...(kind === 'state' ? { 'aria-pressed': on } : {})}
      disabled={missing !== null}
      title={missing === null ? inWords(says) : inWords(missing)}
      onClick={toggle}
    >
      <Drawing name={DRAWINGS[name] ?? 'stop'} />
      {inWords(label)}
    </button>
  );
}
