/** Breaking things, and mending them. */

import type { FaultShown } from '../../platform-sim/street/messages.ts';
import { Drawing, type DrawingName } from './drawings.tsx';
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
  'clock-1970': 'battery',
  'answer-swapped': 'swap',
  'disk-full': 'disk',
  'gate-killed': 'stop',
};

export function Breaking({ faults }: { readonly faults: readonly FaultShown[] }) {
  const words = text.value;
  const broken = faults.some(({ on }) => on);
  return (
    <section class="breaking" aria-labelledby="breaking">
      <h2 id="breaking">
        {words.breaking}
        {broken ? (
          <button type="button" class="mend" onClick={() => ask({ do: 'restore' })}>
            {words.mendAll}
          </button>
        ) : (
          <span>{words.nothingBroken}</span>
        )}
      </h2>
      <div class="faults">
        {faults.map((fault) => (
          <Fault key={fault.name} fault={fault} />
        ))}
      </div>
    </section>
  );
}

function Fault({ fault }: { readonly fault: FaultShown }) {
  const { name, label, says, kind, on, missing } = fault;
  const toggle = () => ask({ do: on ? 'restore' : 'fault', name });
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
