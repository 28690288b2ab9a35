/** The street's own icons: a grid of 24, one pen, always beside a word. */

const DRAWINGS = {
  card: 'M4.1 5.5h15.8a1.6 1.6 0 0 1 1.6 1.6v9.8a1.6 1.6 0 0 1-1.6 1.6H4.1a1.6 1.6 0 0 1-1.6-1.6V7.1a1.6 1.6 0 0 1 1.6-1.6zM5.8 15.5c.3-1.7 1.3-2.5 2.5-2.5s2.2.8 2.5 2.5zM8.3 8.7a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3M13.5 10h5M13.5 13.5h5',
  plug: 'M8.5 3v5M15.5 3v5M5.5 8h13v3a6.5 6.5 0 0 1-13 0zM12 17.5V21.5',
  service: 'M4 5.5h16v5H4zM4 13.5h16v5H4zM7.5 8h.1M7.5 16h.1M11 8h5M11 16h5',
  paper: 'M6 2.5h8.5l4 4v15H6zM14.5 2.5v4h4M9 11h6.5M9 14.5h6.5M9 18h4',
  cover: 'M4 20.5h16v-8H4zM4 12.5 18.5 5M8 16.5h8',
  power: 'M7 6.5a8 8 0 1 0 10 0M12 3v9',
  cut: 'M4 9.5a12 12 0 0 1 5-2.8M13 6.4a12 12 0 0 1 7 3.1M7 13a7.5 7.5 0 0 1 3.5-1.8M14.5 11.6A7.5 7.5 0 0 1 17 13M12 19.4v.1M4 3.5l16 17',
  slow: 'M4 9.5a12 12 0 0 1 16 0M7 13a7.5 7.5 0 0 1 10 0M10 16.4a3 3 0 0 1 4 0M12 19.4v.1',
  stalled: 'M3 12h6M15 12h6M9 8v8M15 8v8',
  clock: 'M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18M12 7v5.5l3.5 2',
  battery: 'M3 7.5h15.5v9H3zM21.5 10.5v3M6 10.5v3',
  swap: 'M4 8.5h14M14.5 5 18 8.5 14.5 12M20 15.5H6M9.5 12 6 15.5 9.5 19',
  disk: 'M12 3.5c4.4 0 8 1.3 8 3s-3.6 3-8 3-8-1.3-8-3 3.6-3 8-3M4 6.5v11c0 1.7 3.6 3 8 3s8-1.3 8-3v-11M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3',
  can: 'M8 4.5h8l1.5 2.5v12l-1.5 2.5H8L6.5 19V7zM6.5 7h11M6.5 19h11M9.5 2.5h5',
  remote:
    'M8.5 2.5h7a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 20V4a1.5 1.5 0 0 1 1.5-1.5zM12 5.5a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6M10 13.5h.1M14 13.5h.1M10 17.5h.1M14 17.5h.1',
  television: 'M3 5h18v12H3zM8 20.5h8M12 17v3.5',
  stop: 'M6 6l12 12M18 6 6 18',
  play: 'M7 4.5v15l12-7.5z',
} as const;

export type DrawingName = keyof typeof DRAWINGS;

export function Drawing({ name }: { readonly name: DrawingName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={DRAWINGS[name]} />
    </svg>
  );
}

/** The mark of the project: a ring written with one stroke. */
export function Logo() {
  return (
    <svg class="logo" viewBox="30 30 340 400" aria-hidden="true">
      <path d="M200 430C200 400 159 351 120.5 327.2A150 150 0 0 1 279.5 72.8A150 150 0 0 1 120.5 327.2" />
    </svg>
  );
}

export function Person() {
  return (
    <svg class="person" viewBox="0 0 42 52" aria-hidden="true">
      <path d="M0 52v-6a21 21 0 0 1 42 0v6zM21 0a13 13 0 1 1 0 26 13 13 0 0 1 0-26z" />
    </svg>
  );
}
