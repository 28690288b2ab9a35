/** Sheets of paper: a certificate before it is paid, and one that is being printed. Decoration; words say the same. */

const TABLE =
  'M24 62h162M24 62v190h162V62M70 62v190M24 90h162M24 118h162M24 146h162M24 184h162M24 222h162';
const TERMS = 'M32 76h28M32 104h28M32 132h24M32 165h28M32 203h22M32 237h26';
const ANSWERS = 'M80 76h70M80 104h44M80 132h60M80 158h92M80 172h60M80 196h84M80 210h48M80 237h66';

/** What one gets: a form with a seal. */
export function Form() {
  return (
    <svg class="form" viewBox="0 0 210 297" aria-hidden="true">
      <rect class="edge" x="1.5" y="1.5" width="207" height="294" />
      <path class="head" d="M52 34h106" />
      <path class="table" d={TABLE} />
      <path class="terms" d={TERMS} />
      <path class="answers" d={ANSWERS} />
      <rect class="seal" x="150" y="258" width="26" height="26" />
    </svg>
  );
}

const LINES = [
  'M52 38h86',
  'M24 74h142',
  'M24 102h112',
  'M24 130h142',
  'M24 158h92',
  'M24 186h130',
  'M24 214h66',
];

export type SheetState = 'done' | 'now' | 'waits';
/** So many lines of a sheet that is being printed are there. */
const WRITTEN = 4;

export function Sheet({ state }: { readonly state: SheetState }) {
  const written = { done: LINES.length, now: WRITTEN, waits: 0 }[state];
  return (
    <svg class="sheet" data-state={state} viewBox="0 0 190 266" aria-hidden="true">
      <rect class="ground" x="3" y="3" width="184" height="260" />
      {state === 'now' && <rect class="written" x="3" y="3" width="184" height="141" />}
      <path d={LINES.slice(0, written).join('')} />
      <rect class="edge" x="3" y="3" width="184" height="260" />
    </svg>
  );
}
