/** A simple map: from home to the shelter, what is under water and what is closed. Its legend says it in words. */

import type { AlertMapFeature, MapPoint } from '../../src/domain/alert.ts';
import { plain } from '../../src/text/ruby.ts';
import { Ruby } from '../look/ruby.tsx';
import type { Hand } from './view.ts';

interface MapProps {
  readonly features: readonly AlertMapFeature[];
  /** May carry ruby; null: no shelter is named. */
  readonly shelter: string | null;
  readonly hand: Hand;
}

/** What lies below is drawn first. */
const ORDER = ['water', 'road', 'danger', 'closed', 'route', 'shelter', 'home'] as const;

export function AlertMap({ features, shelter, hand }: MapProps) {
  const { map: words } = hand.text.television.alert;
  const has = (is: AlertMapFeature['is']) => features.some((feature) => feature.is === is);
  const sorted = [...features].sort((a, b) => ORDER.indexOf(a.is) - ORDER.indexOf(b.is));
  const label = [
    words.label,
    ...(has('home') ? [words.here] : []),
    ...(has('shelter') && shelter !== null ? [shelter] : []),
    ...(has('closed') ? [words.closed] : []),
    ...(has('danger') ? [words.danger] : []),
  ].map(plain);
  return (
    <figure class="map">
      <svg viewBox="0 0 1000 1000" role="img" aria-label={label.join(', ')}>
        <rect class="land" width="1000" height="1000" />
        {sorted.map((feature, at) => (
          <Feature key={at} feature={feature} />
        ))}
      </svg>
      <figcaption aria-hidden="true">
        {has('home') && <Legend is="home" text={words.here} />}
        {has('shelter') && shelter !== null && <Legend is="shelter" text={shelter} />}
        {has('closed') && <Legend is="closed" text={words.closed} />}
        {has('danger') && <Legend is="danger" text={words.danger} />}
      </figcaption>
    </figure>
  );
}

function Feature({ feature }: { readonly feature: AlertMapFeature }) {
  switch (feature.is) {
    case 'water':
    case 'danger':
      return <polygon class={feature.is} points={pointsOf(feature.points)} />;
    case 'closed':
      return (
        <g>
          <polyline class="closed-road" points={pointsOf(feature.points)} />
          <polyline class="closed" points={pointsOf(feature.points)} />
        </g>
      );
    case 'road':
    case 'route':
      return <polyline class={feature.is} points={pointsOf(feature.points)} />;
    case 'home':
      return <Place is="home" at={feature.at} />;
    case 'shelter':
      return <Place is="shelter" at={feature.at} />;
  }
}

function pointsOf(points: readonly MapPoint[]): string {
  return points.map(([x, y]) => `${x},${y}`).join(' ');
}

function Place({ is, at: [x, y] }: { readonly is: 'home' | 'shelter'; readonly at: MapPoint }) {
  return is === 'home' ? (
    <g transform={`translate(${x} ${y})`}>
      <circle class="here" r="52" />
      <path class="here-house" d="M-28 3 0-24 28 3v24h-56z" />
    </g>
  ) : (
    <g transform={`translate(${x} ${y})`}>
      <circle class="refuge" r="112" />
      <path class="refuge-house" d="M-50 50V-8L0-46 50-8V50H13V14H-13V50z" />
    </g>
  );
}

const SIGNS = {
  home: 'M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20',
  shelter: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17',
  closed: 'M5 5l14 14M19 5 5 19',
  danger: 'M12 3 22 20H2z',
} as const;

function Legend({ is, text }: { readonly is: keyof typeof SIGNS; readonly text: string }) {
  return (
    <span class="legend">
      <svg class={`sign sign-${is}`} viewBox="0 0 24 24" aria-hidden="true">
        <path d={SIGNS[is]} />
      </svg>
      <span>
        <Ruby text={text} />
      </span>
    </span>
  );
}
