/** How many have come to shelters, minute by minute: a curve that only rises. */

import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import type { ArrivalsShown } from '../../platform-sim/town/messages.ts';
import { minuteOf, now } from './clock.ts';
import { count } from './words.ts';

const MINUTE_MS = 60_000;
const HEIGHT_PX = 104;
/** More than there are pixels. */
const POINTS_MOST = 500;

type Curve = readonly (readonly [minute: number, sum: number])[];

/** From the minute before the first one until now. */
function curveOf({ minutes }: ArrivalsShown, until: number): Curve {
  const [first] = minutes;
  if (first === undefined) return [];
  const from = first[0] - 1;
  const step = Math.max(1, Math.ceil((until - from) / POINTS_MOST));
  const curve: [number, number][] = [];
  let [sum, next] = [0, 0];
  for (let minute = from; ; minute = Math.min(until, minute + step)) {
    for (; (minutes[next]?.[0] ?? Number.POSITIVE_INFINITY) <= minute; next += 1) {
      sum += minutes[next]?.[1] ?? 0;
    }
    curve.push([minute, sum]);
    if (minute >= until) return curve;
  }
}

export function Arrivals({ arrivals }: { readonly arrivals: ArrivalsShown }) {
  const figure = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const newest = arrivals.minutes.at(-1)?.[0] ?? 0;
  const until = Math.max(newest, Math.floor(now.value / MINUTE_MS));
  const curve = curveOf(arrivals, until);
  const [start] = curve;
  const sum = curve.at(-1)?.[1] ?? 0;
  useEffect(() => {
    const room = figure.current;
    if (room === null) return;
    const drawn = new UPlot(optionsFor(room), [[], []], room);
    plot.current = drawn;
    const watching = new ResizeObserver(() =>
      drawn.setSize({ width: room.clientWidth, height: HEIGHT_PX }),
    );
    watching.observe(room);
    return () => {
      watching.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => {
    plot.current?.setData([
      curve.map(([minute]) => minute * 60),
      curve.map(([, people]) => people),
    ]);
  }, [arrivals, until]);
  const said =
    start === undefined
      ? 'まだだれも着いていません'
      : `${minuteOf(start[0] * MINUTE_MS)}から${minuteOf(until * MINUTE_MS)}までに${count(sum)}人`;
  return (
    <section class="arrivals" aria-labelledby="arrivals">
      <h2 id="arrivals">
        避難所に着いた方<span>{said}</span>
      </h2>
      <div class="figure" ref={figure} role="img" aria-label={`避難所に着いた方。${said}`} />
    </section>
  );
}

function optionsFor(room: HTMLElement): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (role: string) => style.getPropertyValue(role).trim();
  const font = `16px ${style.getPropertyValue('--sans')}`;
  const axis = { font, stroke: colour('--ink-2'), ticks: { show: false } };
  const grid = { stroke: colour('--color-neutral-solid-gray-200'), width: 1 };
  return {
    width: room.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1_000), 'Asia/Tokyo'),
    scales: { y: { range: (_plot, _least, most) => [0, Math.max(5, most)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 70,
        size: 30,
        values: (_plot, seconds) => seconds.map((at) => minuteOf(at * 1_000)),
      },
      {
        ...axis,
        grid,
        space: 32,
        size: 58,
        values: (_plot, sums) =>
          sums.map((people) => (Number.isInteger(people) ? count(people) : '')),
      },
    ],
    series: [
      {},
      {
        stroke: colour('--done'),
        fill: colour('--done-ground'),
        width: 3,
        points: { show: false },
        // Nobody comes by halves.
        ...(UPlot.paths.stepped && { paths: UPlot.paths.stepped({ align: 1 }) }),
      },
    ],
  };
}
