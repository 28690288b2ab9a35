/**
 * The street as one would walk it: each place a cutaway with one live screen, its reader's ring and its slot. Today the
 * arena; shop, house and school stand behind it and wait for their terminals.
 */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { GateShown, PaperShown, StreetState } from '../../platform-sim/street/messages.ts';
import { Drawing } from './drawings.tsx';
import { carried } from './holding.ts';
import { inWords, text } from './language.ts';
import { ask } from './link.ts';

/** The drawing's own units. */
const TOWN = { width: 1920, height: 500 } as const;
/** What of it must be seen on a narrow page. */
const ARENA_WIDTH = 960;
/** Places of the gate's parts; the ring is where the thread leaves the screen. */
const GATE = { left: 700, top: 92, scale: 0.65, ring: 126, ringSmall: 75 } as const;
/** A paper hangs out of the slot for so long before somebody takes it. */
const HANGS_MS = 12_000;

export function Scene({ state }: { readonly state: StreetState }) {
  const box = useRef<HTMLElement>(null);
  const scale = useScale(box);
  const [gate] = state.gates;
  return (
    <section ref={box} class="scene" aria-label={text.value.street}>
      <div class="town" style={{ transform: `translateX(-50%) scale(${scale})` }}>
        <Town />
        {gate !== undefined && <Arena gate={gate} state={state} />}
      </div>
    </section>
  );
}

/** As large as the height allows, as long as the arena is seen whole. */
function useScale(box: { readonly current: HTMLElement | null }): number {
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = element;
      setScale(Math.min(clientHeight / TOWN.height, clientWidth / ARENA_WIDTH));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return scale;
}

function Arena({ gate, state }: { readonly gate: GateShown; readonly state: StreetState }) {
  const name = inWords(gate.name);
  const { width, height, url } = gate.screen;
  const ring = ringState(gate);
  return (
    <>
      <h2 class="sign">{name}</h2>
      <div class="poster" aria-hidden="true">
        <span>{text.value.tonight}</span>
        <b>{text.value.event}</b>
      </div>
      <div class="poster notice">
        <span>{text.value.staff}</span>
        {text.value.staffPin} <b>{gate.staffPin}</b>
      </div>
      <div
        class="device"
        data-state={gate.state}
        style={{ left: px(GATE.left), top: px(GATE.top) }}
      >
        <div
          class="screen"
          style={{ width: px(width * GATE.scale), height: px(height * GATE.scale) }}
        >
          <p class="dark">{text.value.screenDown}</p>
          <LiveScreen gate={gate} url={url} width={width} height={height} />
        </div>
        <Wire ring={ring} />
        <Ring gate={gate} state={state} ring={ring} />
        <i class="slot" />
        <Hanging papers={state.papers.newest} run={state.run} />
      </div>
      <Barrier isOpen={ring === 'done'} />
    </>
  );
}

/** The gate's own page: loaded as soon as it is served, and again whenever that begins anew. */
function LiveScreen(props: {
  readonly gate: GateShown;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}) {
  const { gate, url, width, height } = props;
  if (!gate.screen.isServed) return null;
  return (
    <iframe
      key={gate.screen.loads}
      src={url}
      title={text.value.screenOf(inWords(gate.name))}
      width={width}
      height={height}
      style={{ transform: `scale(${GATE.scale})` }}
      allow="autoplay"
    />
  );
}

type RingState = 'waiting' | 'hold' | 'done' | 'problem' | 'closed';

function ringState({ held, answer, state }: GateShown): RingState {
  if (state !== 'serving') return 'closed';
  if (held === null) return 'waiting';
  if (answer.who !== held) return 'hold';
  return answer.says === 'granted' || answer.says === 'receipt.claimed' ? 'done' : 'problem';
}

/** The thread crosses the bezel, from where it leaves the screen to the ring. */
function Wire({ ring }: { readonly ring: RingState }) {
  const from = ring === 'problem' ? GATE.ringSmall : GATE.ring;
  return (
    <svg class="wire" data-ring-state={ring} viewBox="0 0 240 60" aria-hidden="true">
      <path d={`M${from} 0C${from} 22 ${GATE.ring} 14 ${GATE.ring} 40`} />
    </svg>
  );
}

function Ring(props: {
  readonly gate: GateShown;
  readonly state: StreetState;
  readonly ring: RingState;
}) {
  const { gate, state, ring } = props;
  const name = inWords(gate.name);
  const holder = state.residents.find(({ id }) => id === gate.held);
  const near = carried.value?.over === gate.id;
  const label =
    holder === undefined ? text.value.readerOf(name) : text.value.readerHolds(name, holder.name);
  return (
    <button
      type="button"
      class={near ? 'ring near' : 'ring'}
      data-ring={gate.id}
      data-ring-state={ring}
      disabled={holder === undefined}
      aria-label={label}
      onClick={() => ask({ do: 'remove' })}
    >
      {holder !== undefined && (
        <span class="on-ring">
          <Drawing name="card" />
        </span>
      )}
    </button>
  );
}

/** The newest paper comes out of the slot, hangs for a while, and is taken. */
function Hanging({
  papers,
  run,
}: {
  readonly papers: readonly PaperShown[];
  readonly run: string;
}) {
  const [newest] = papers;
  const known = useRef({ run, number: newest?.number ?? 0 });
  const [hanging, setHanging] = useState<PaperShown | null>(null);
  useEffect(() => {
    if (known.current.run !== run) known.current = { run, number: 0 };
    if (newest === undefined || newest.number <= known.current.number) return;
    known.current = { run, number: newest.number };
    setHanging(newest);
  }, [run, newest?.number]);
  useEffect(() => {
    if (hanging === null) return;
    const timer = setTimeout(() => setHanging(null), HANGS_MS);
    return () => clearTimeout(timer);
  }, [hanging]);
  if (hanging === null) return null;
  return (
    <div class="hanging" aria-hidden="true">
      <img key={hanging.svg} src={hanging.svg} alt="" draggable={false} />
    </div>
  );
}

/** It opens for whoever may enter. */
function Barrier({ isOpen }: { readonly isOpen: boolean }) {
  return (
    <svg class={isOpen ? 'barrier open' : 'barrier'} viewBox="0 0 150 140" aria-hidden="true">
      <path class="post" d="M20 140V56h22v84" />
      <path class="arm" d="M31 72H140" />
      <circle cx="31" cy="72" r="7" />
    </svg>
  );
}

function Town() {
  return (
    <svg class="drawing" viewBox="0 0 1920 500" aria-hidden="true">
      <title>{text.value.street}</title>
      <g class="far">
        <path d="M-600 500V330h90v-60h70v60h110v170zM-300 500V250h64v-50h50v300zM20 500V300h60v-70h80v110h70v160zM1690 500V210h70v290zM1800 500V300h90v-90h60v290zM1990 500V340h120v160zM2180 500V240h70v260z" />
      </g>
      <g class="next">
        <path d="M96 500V170h268v330M84 170v-26h292v26zM84 170v30a18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0 18 12 0 0 0 36.5 0v-30M150 500V268h96v232M276 268h60v84h-60z" />
        <path d="M1516 500V262h232v238M1494 266l138-86 138 86M1560 500V346h70v154M1660 330h56v56h-56zM1690 204v-50M1670 166h40M1675 178h30" />
        <path d="M1812 500V250h270v250M1892 250v-70h90v70M1937 198a17 17 0 1 1 0 34 17 17 0 0 1 0-34M1850 300h44v50h-44zM1940 300h44v50h-44z" />
        <path d="M-190 500V262h200v238M-210 266l120-74 120 74" />
      </g>
      <path class="roof" d="M452 214Q960 -128 1468 214L1468 246Q960 -72 452 246z" />
      <path class="wall" d="M480 500V228Q960 -78 1440 228V500z" />
      <g class="stand">
        <path d="M500 470h150M500 440h132M500 410h114M500 380h98M500 350h82M500 320h66M500 290h50" />
        <path d="M1420 470h-126M1420 440h-112M1420 410h-98M1420 380h-86M1420 350h-74M1420 320h-60M1420 290h-46" />
      </g>
      <path
        class="line"
        d="M452 214Q960 -128 1468 214M480 228V500M1440 228V500M452 214v32M1468 214v32"
      />
      <path class="line" d="M452 246Q960 -72 1468 246" />
      <g class="mast">
        <path class="line" d="M404 500V120M1516 500V120" />
        <path class="lamp" d="M372 92h64v28h-64zM1484 92h64v28h-64z" />
        <path
          class="line"
          d="M372 92h64v28h-64zM1484 92h64v28h-64zM393 92v28M415 92v28M1505 92v28M1527 92v28"
        />
      </g>
      <g class="flags">
        <path class="line" d="M700 96V46M1220 96V46" />
        <path class="flag" d="M701 47h44l-12 12 12 12h-44zM1221 47h44l-12 12 12 12h-44z" />
      </g>
      <path class="ground" d="M-2000 498h6000" />
    </svg>
  );
}

function px(length: number): string {
  return `${length}px`;
}
