/**
 * Two readers of one shelter on two machines, as `kazasu.neighbour` is made for: each a process with a screen of its own, a cable
 * between them that loses, parts and flaps, boxes that delay and reset, and a platform on the machine of one of them, which the
 * other one can't reach before everything is over.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CardDefinition } from '../../devices/card/sim-card.ts';
import { FactStore } from '../../platform-sim/facts.ts';
import type { Supply } from '../../src/domain/evacuation.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { Screen } from '../../src/domain/screen.ts';
import type { Line } from '../journal-lines.ts';
import { type Site, withSite } from '../rig/site.ts';
import { TestBrowser } from '../screen/test-browser.ts';
import { type Box, TwoMachines } from '../storm/two-machines.ts';
import { ShelterProgram, type StayLine } from './shelter-programs.ts';

const READERS = ['door', 'gym'] as const;
export type Where = (typeof READERS)[number];

const PORT = 8_402;
/** Of the issue: from the touch to the fact. A machine that is busy with much else may take four times of it, now and then. */
const TAP_MS = 3_000;
const BUSY = 4;
/** After a platform that could not be reached for long, terminals wait for half a minute at most before they try again. */
const BACK_MS = 120_000;

/** Six seconds, four times. */
const NOTICED_MS = 24_000;

/** What is left out stays. */
export interface Network {
  /** Of 100 packets that come to a machine. */
  readonly lost?: Partial<Record<Where, number>>;
  /** Each way. */
  readonly delayMs?: number;
  /** Every connection is thrown out, and none comes about. */
  readonly gone?: boolean;
}

interface Parts {
  readonly site: Site;
  readonly machines: TwoMachines<Where>;
  readonly folder: string;
  /** Before the platform. */
  readonly uplink: Box;
  readonly wires: readonly Box[];
  readonly readers: Readonly<Record<Where, ShelterProgram>>;
}

/** Both serve, hear each other and know each other's marks when the story begins. */
export async function withPartedReaders(
  story: (shelter: PartedReaders) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-parted-'));
  const machines = await TwoMachines.build(folder, READERS);
  try {
    await withSite({ tls: true, platformWithin: machines.on('door') }, async (site) => {
      const [uplink, ...wires] = await Promise.all([
        machines.connect('gym', site.securePort),
        ...READERS.map((where) => machines.passOn(where, PORT)),
      ]);
      const [door, gym] = await Promise.all(
        READERS.map((name) =>
          ShelterProgram.enrol(site, {
            ...{ name, within: machines.on(name), tables: '[screen]\nport = 0\nvoice = "none"\n' },
            neighbours: `listen = "${machines.addressOf(name)}:${PORT}"
gates = ["127.0.0.1:${PORT}"]`,
          }),
        ),
      );
      if (door === undefined || gym === undefined) throw new Error('there are two');
      await uplink.set({ gone: true });
      const readers = { door, gym };
      const shelter = new PartedReaders({ site, machines, folder, uplink, wires, readers });
      await Promise.all(READERS.map((where) => shelter.start(where)));
      await Promise.all(
        [door, gym].map(({ program }) => program.next({ event: 'neighbour.marks-shared' })),
      );
      await story(shelter);
    });
  } finally {
    await machines.end();
    await rm(folder, { recursive: true, force: true });
  }
}

export class PartedReaders {
  readonly #parts: Parts;
  readonly #screens = new Map<Where, TestBrowser>();
  readonly #said: Record<Where, StayLine[]> = { door: [], gym: [] };
  readonly #tookMs: number[] = [];
  #starts = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async cards<Count extends number>(count: Count): Promise<CardDefinition[]> {
    const { cards } = this.#parts.site;
    const all = await Promise.all(Array.from({ length: count }, () => cards.card()));
    return all.map(({ card }) => card);
  }

  /** Also again; resolves when it takes people in, and somebody can see it. */
  async start(where: Where): Promise<void> {
    const { readers, machines, folder } = this.#parts;
    const program = await readers[where].start();
    const { name } = await program.next({ event: 'device.ready', device: 'screen' });
    const origin = String(name);
    this.#starts += 1;
    const through = join(folder, `screen-${this.#starts}.sock`);
    await machines.openDoor(where, through, Number(new URL(origin).port));
    this.#screens.set(where, await TestBrowser.open(origin, through));
  }

  /** As by a cable that is pulled, without power. */
  async kill(where: Where): Promise<void> {
    await this.#parts.readers[where].program.killHard();
  }

  async network({ lost = {}, ...faults }: Network): Promise<void> {
    const { machines, wires } = this.#parts;
    for (const where of READERS) {
      const percent = lost[where];
      if (percent !== undefined) machines.lose(where, percent);
    }
    await Promise.all(wires.map((box) => box.set(faults)));
  }

  plug(isIn: boolean): void {
    this.#parts.machines.plug(isIn);
  }

  /** Whoever holds this card is taken in here, and nobody comes with them. */
  async takesIn(where: Where, card: CardDefinition): Promise<void> {
    const begun = performance.now();
    const line = await this.#parts.readers[where].held(card);
    this.#tookMs.push(performance.now() - begun);
    this.#said[where].push(line);
    const screen = this.#screenOf(where);
    const isTheirs = (shown: Screen) =>
      shown.screen === 'shelter-family' && shown.people.some(({ at }) => at === line['at']);
    await screen.until(() => screen.screens.find(isTheirs), 'ring');
    screen.press({ key: 'enter' });
    const isOver = (shown: Screen) =>
      isTheirs(shown) && shown.screen === 'shelter-family' && shown.seconds === null;
    await screen.until(() => screen.screens.find(isOver), 'end of the go');
  }

  /** To somebody who is here, at their wish. */
  async handsOut(where: Where, kind: Supply, card: CardDefinition): Promise<void> {
    const reader = this.#parts.readers[where];
    const screen = this.#screenOf(where);
    const after = reader.program.lines.all.length;
    await reader.hold(card);
    await screen.screen((shown) => shown.screen === 'shelter-menu', 'menu');
    screen.press({ key: 'choose', choice: 'supplies' });
    await screen.screen((shown) => shown.screen === 'shelter-supplies', 'supplies');
    screen.press({ key: 'choose', choice: kind });
    this.#said[where].push(await reader.program.next({ event: 'shelter.supplied', kind }, after));
    await reader.remove();
  }

  /** Both have heard what happened at the other one until now. */
  async bothHear(): Promise<void> {
    const { door, gym } = this.#parts.readers;
    await Promise.all([door.hears(this.#said.gym), gym.hears(this.#said.door)]);
  }

  /** A line of each since its last start. */
  bothSay(event: string): Promise<Line[]> {
    const { door, gym } = this.#parts.readers;
    return Promise.all([door, gym].map(({ program }) => program.next({ event })));
  }

  /** Neither hears the other one any more, and both have said so: of a silence, by the beats that they missed. */
  async bothNotice(): Promise<void> {
    const { door, gym } = this.#parts.readers;
    for (const { lines } of [door.program, gym.program]) {
      const heard = () =>
        lines.all.findLast(({ event }) => /^neighbour\.(up|down)$/u.test(event))?.event;
      await expect.poll(heard, { timeout: NOTICED_MS }).not.toBe('neighbour.up');
    }
  }

  /** What the platform holds of stays, by the reader that told it. */
  toldBy(where: Where): string[] {
    const store = new FactStore(this.#parts.site.platformState);
    try {
      return [...store.since(0)]
        .map(({ json }) => JSON.parse(json) as Fact)
        .filter(({ event, terminal }) => event.startsWith('shelter.') && terminal === where)
        .map(({ body, ...fact }) => nameOf({ ...body, ...fact }))
        .sort();
    } finally {
      store.close();
    }
  }

  saidBy(where: Where): string[] {
    return this.#said[where].map(nameOf).sort();
  }

  /** Nothing is broken any more, and the platform can be reached from both. */
  async mend(): Promise<void> {
    await this.network({ lost: { door: 0, gym: 0 }, delayMs: 0, gone: false });
    await this.#parts.uplink.set({ gone: false });
  }

  /** After all that: the same at both, each fact once at the platform, and nobody waited for a network. */
  async everybodyCounts(people: number): Promise<void> {
    await this.bothHear();
    await Promise.all(
      READERS.map((where) => {
        const isSo = (shown: Screen) =>
          shown.screen === 'shelter-waiting' && shown.people === people;
        return this.#screenOf(where).screen(isSo, `${people} people at the ${where}`);
      }),
    );
    for (const where of READERS) {
      const told = () => this.toldBy(where);
      await expect.poll(told, { timeout: BACK_MS, interval: 100 }).toEqual(this.saidBy(where));
    }
    const tookMs = this.#tookMs.toSorted((a, b) => a - b);
    expect(tookMs.at(-1)).toBeLessThan(BUSY * TAP_MS);
    expect(tookMs[Math.floor(tookMs.length / 2)]).toBeLessThan(TAP_MS);
  }

  #screenOf(where: Where): TestBrowser {
    const screen = this.#screens.get(where);
    if (screen === undefined) throw new Error(`there is no screen at the ${where} yet`);
    return screen;
  }
}

/** Of a fact, in a journal and at the platform. */
function nameOf({ event, seq, at, mark }: StayLine): string {
  return `${event} ${seq} ${at} ${mark}`;
}
