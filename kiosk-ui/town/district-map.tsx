/** The districts, drawn from the GeoJSON that came along; no tiles, nobody is asked for a map. The darker, the more are missing. */

import {
  type ExtendedFeature,
  type ExtendedFeatureCollection,
  type GeoGeometryObjects,
  geoIdentity,
  geoPath,
} from 'd3-geo';
import type { CountsShown, DistrictShown } from '../../platform-sim/town/messages.ts';
import { map } from './link.ts';
import { count } from './words.ts';

const WIDTH = 440;
const HEIGHT = 180;
const DEGREE = Math.PI / 180;

type Polygon = Extract<GeoGeometryObjects, { type: 'Polygon' }>;
type Districts = ExtendedFeatureCollection<
  ExtendedFeature<Polygon, { readonly id: string; readonly name: string }>
>;

interface Drawn {
  readonly id: string;
  readonly path: string;
  readonly at: readonly [x: number, y: number];
}

let drawnOf = '';
let drawn: readonly Drawn[] = [];

/** So small a place is flat: degrees of longitude shrunk by the cosine of the latitude, and north on top. */
function draw(text: string): readonly Drawn[] {
  if (text === drawnOf) return drawn;
  const { features } = JSON.parse(text) as Districts;
  const latitude = features[0]?.geometry.coordinates[0]?.[0]?.[1] ?? 0;
  const shrink = Math.cos(latitude * DEGREE);
  const flat = features.map(({ geometry, ...feature }) => ({
    ...feature,
    geometry: {
      ...geometry,
      coordinates: geometry.coordinates.map((ring) =>
        ring.map(([x = 0, y = 0]) => [x * shrink, y]),
      ),
    },
  }));
  const collection: Districts = { type: 'FeatureCollection', features: flat };
  const path = geoPath(geoIdentity().reflectY(true).fitSize([WIDTH, HEIGHT], collection));
  drawnOf = text;
  drawn = flat.map((feature) => {
    const at = path.centroid(feature);
    return { id: feature.properties.id, path: path(feature) ?? '', at };
  });
  return drawn;
}

/** By the part of a district's people who are not accounted for. */
function shadeOf({ open, all }: DistrictShown): string {
  if (all === 0 || open * 20 < all) return 'few';
  if (open * 4 < all) return 'some';
  return open * 2 < all ? 'many' : 'most';
}

interface MapProps {
  readonly districts: readonly DistrictShown[];
  readonly counts: CountsShown;
}

export function DistrictMap({ districts, counts }: MapProps) {
  const places = map.value === null ? [] : draw(map.value);
  const said = districts.map(({ name, open }) => `${name} ${count(open)}人`).join('、');
  const shown = districts.reduce((sum, { open }) => sum + open, 0);
  const untold = counts.help + counts.unknown + counts.leaving - shown;
  return (
    <section class="districts" aria-labelledby="districts">
      <h2 id="districts">地区ごとの、まだ確認できない方</h2>
      <svg
        viewBox={`-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`}
        role="img"
        aria-label={`地区の地図。${said}`}
      >
        {places.map(({ id, path }) => {
          const district = districts.find((one) => one.id === id);
          return <path key={id} d={path} data-shade={district ? shadeOf(district) : 'few'} />;
        })}
        {places.map(({ id, at: [x, y] }) => {
          const district = districts.find((one) => one.id === id);
          if (district === undefined) return null;
          return (
            <text key={id} x={x} y={y} dy="0.35em" data-shade={shadeOf(district)}>
              {district.name} <tspan class="value">{count(district.open)}</tspan>
            </text>
          );
        })}
      </svg>
      {untold > 0 && <p class="untold">地区を示さない方 {count(untold)}人</p>}
    </section>
  );
}
