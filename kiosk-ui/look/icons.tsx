/** Own drawings on a grid of 24, one pen; always beside a word, which assistive technology reads instead. */

const DRAWINGS = {
  down: 'M12 4v15M5.5 12.5 12 19l6.5-6.5',
  up: 'M12 20V5M5.5 11.5 12 5l6.5 6.5',
  left: 'M20 12H5M11 5.5 4.5 12l6.5 6.5',
  right: 'M4 12h15M13 5.5 19.5 12 13 18.5',
  next: 'm9 5 7 7-7 7',
  normal: 'M4 9.5v5h3.5l5 4v-13l-5 4zM16 9a4.2 4.2 0 0 1 0 6M18.6 6.4a8 8 0 0 1 0 11.2',
  loud: 'M2 9.5v5h3.5l5 4v-13l-5 4zM13.8 9.2a4.2 4.2 0 0 1 0 5.6M16.6 6.6a8 8 0 0 1 0 10.8M19.5 4.2a11.5 11.5 0 0 1 0 15.6',
  off: 'M4 9.5v5h3.5l5 4v-13l-5 4zM16.2 9.4l5.2 5.2M21.4 9.4l-5.2 5.2',
  paper: 'M5.5 2.5h13v19l-2.2-1.5-2.1 1.5-2.2-1.5-2.2 1.5-2.1-1.5-2.2 1.5zM9 7.5h6M9 11.5h6',
  staff: 'M12 3.5a3.7 3.7 0 1 1 0 7.4 3.7 3.7 0 0 1 0-7.4M4.5 20.5v-1a7.5 6 0 0 1 15 0v1zM12 14v6',
  bell: 'M6 17v-6a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 21.5h4M12 3v2',
  erase: 'M9 5.5h12v13H9L3 12zM12.3 9.3l5.4 5.4M17.7 9.3l-5.4 5.4',
  people:
    'M8.5 4.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4M2.5 19.5c.4-4 2.6-6 6-6s5.6 2 6 6M15 5.2a3.2 3.2 0 0 1 0 5.8M17 14c2.5.6 4.1 2.5 4.5 5.5',
  card: 'M3 5.5h18v13H3zM6.5 15.5a3 3 0 0 1 6 0M9.5 8.3a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.6M15.5 9.5h2.5M15.5 13h2.5',
  sample: 'M3 5.5h18v12H3zM9 21h6M12 9v3.5M12 15v.1',
  guests: 'M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM5 20 19 4',
  fire: 'M12 3c.5 3.5 5.5 5.5 5.5 10.5a5.5 5.5 0 0 1-11 0c0-2.5 1.5-3.5 2-5.5 1.3.5 2.2 1.5 2.5 3C12.5 9 13 6 12 3z',
  breaker: 'M8.5 3v5M15.5 3v5M5.5 8h13v3a6.5 6.5 0 0 1-13 0zM12 17.5V21.5',
  medicine: 'M9 3.5h6v4H9zM7 7.5h10v13H7zM12 11.5v5M9.5 14h5',
  bag: 'M5 9h14v11.5H5zM9 9V6.5a3 3 0 0 1 6 0V9M9 13.5h6',
} as const;

export type IconName = keyof typeof DRAWINGS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={DRAWINGS[name]} />
    </svg>
  );
}

const MARKS = {
  /** A closed ring: maru, right. */
  ok: 'M12 3.6a8.4 8.4 0 1 1 0 16.8 8.4 8.4 0 0 1 0-16.8',
  /** A ring that stopped open. */
  'not-well': 'M5.6 17.4A8.4 8.4 0 1 1 20 9.4M12 7.2v5.4M12 16.6v.1',
  unknown: 'M12 3.6a8.4 8.4 0 1 1 0 16.8 8.4 8.4 0 0 1 0-16.8',
} as const;

/** The shape of a state, for a word beside it: closed ring, open ring, dashed ring. */
export function Mark({ state }: { readonly state: keyof typeof MARKS }) {
  return (
    <svg class="shape" data-state={state} viewBox="0 0 24 24" aria-hidden="true">
      <path d={MARKS[state]} />
    </svg>
  );
}
