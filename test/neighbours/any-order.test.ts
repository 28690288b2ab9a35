/** Whatever order, repetition and partition facts of gates are handed on in, all gates come to say the same. */

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fact } from '../../src/domain/fact.ts';
import { entryState } from '../../src/domain/fact.ts';
import { Exchange } from '../../src/neighbours/exchange.ts';
import type { FactsFrame, Have, NeighbourFrame } from '../../src/neighbours/protocol.ts';
import { Heard } from '../../src/store/heard.ts';
import { LIST, tempFolder, ticketOf } from './venue.ts';

const GATES = ['east', 'north', 'west'] as const;
const REFS = ['a', 'b'] as const;
const START = Date.parse('2026-02-20T09:00:00Z');

type Step =
  | { readonly do: 'record'; readonly gate: number; readonly ref: number; readonly undo: boolean }
  | { readonly do: 'meet' | 'part' | 'look'; readonly pair: number }
  /** The next frame on its way between two arrives. */
  | { readonly do: 'deliver'; readonly pair: number; readonly way: 0 | 1 };

const pair = fc.nat(2);
const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    ...{ do: fc.constant('record' as const), gate: fc.nat(2) },
    ...{ ref: fc.nat(1), undo: fc.boolean() },
  }),
  fc.record({ do: fc.constantFrom('meet' as const, 'part' as const, 'look' as const), pair }),
  fc.record({ do: fc.constant('deliver' as const), pair, way: fc.constantFrom(0, 1) }),
);

/** Two gates that speak: one exchange at each end, and what is on its way, in order. */
class Meeting {
  readonly #ends: readonly [Exchange, Exchange];
  readonly #ways: readonly [NeighbourFrame[], NeighbourFrame[]] = [[], []];

  constructor(one: Gate, other: Gate) {
    this.#ends = [
      one.exchange((frame) => void this.#ways[0].push(frame)),
      other.exchange((frame) => void this.#ways[1].push(frame)),
    ];
  }

  /** False when nothing is on its way. */
  deliver(way: 0 | 1): boolean {
    const frame = this.#ways[way].shift();
    if (frame !== undefined) this.#ends[way === 0 ? 1 : 0].hear(frame as Have | FactsFrame);
    return frame !== undefined;
  }

  look(): void {
    for (const end of this.#ends) end.look();
  }

  settle(): void {
    for (let more = true; more; ) {
      const first = this.deliver(0);
      more = this.deliver(1) || first;
    }
  }
}

class Gate {
  readonly name: string;
  readonly heard: Heard;
  readonly own: Fact[] = [];
  readonly #epoch = randomUUID();

  constructor(name: string, heard: Heard) {
    this.name = name;
    this.heard = heard;
  }

  record(ref: string, undo: boolean, at: number): void {
    const [terminal, epoch] = [this.name, this.#epoch];
    const fact: Fact = {
      ...{ terminal, epoch, seq: this.own.length + 1, prev: '0'.repeat(64) },
      event: undo ? 'entry.undone' : 'entry.granted',
      subject: `${LIST}/${ref}`,
      ...{ at: new Date(START + at).toISOString(), clock: 'synced', boot: 1, mono: at },
      body: { ticket: ticketOf(ref), list: LIST, ref, gate: terminal },
    };
    const text = JSON.stringify(fact);
    const { hash: before } = this.heard.stream({ list: LIST, terminal, epoch });
    const signature = Buffer.from(text.slice(0, 8));
    const certificate = Buffer.from(terminal);
    const told = { list: LIST, fact, text, before, signature, certificate };
    this.heard.append({ ...told, own: true, counts: true });
    this.own.push(fact);
  }

  exchange(send: (frame: NeighbourFrame) => void): Exchange {
    const { heard } = this;
    return new Exchange({
      ...{ terminal: this.name, lists: [LIST], heard, send },
      isShared: () => true,
      hasRoom: () => true,
      belief: { take: (frame) => this.#take(frame) },
      onFacts: () => {},
      onDisbelief: () => {},
      onHeld: () => {},
      ...{ marks: null, onMarks: () => {} },
    });
  }

  /** Of the same world, and so everything that follows what is here. */
  #take(frame: FactsFrame) {
    const facts: Fact[] = [];
    for (const { text, before, signature } of frame.items) {
      const fact = JSON.parse(text) as Fact;
      const stream = this.heard.stream(frame);
      if (fact.seq <= stream.upto) continue;
      if (before !== stream.hash) throw new Error('a fact was left out');
      const certificate = Buffer.from(frame.certificate, 'base64');
      const told = { fact, text, before, signature: Buffer.from(signature, 'base64'), certificate };
      this.heard.append({ ...told, list: LIST, own: false, counts: true });
      facts.push(fact);
    }
    return { facts, end: null, held: null };
  }

  stateOf(ref: string, now: number) {
    const subject = `${LIST}/${ref}`;
    const own = this.own.filter((fact) => fact.subject === subject);
    return entryState([...own, ...this.heard.factsAbout(subject)], now);
  }
}

test('all gates say the same in the end, and what was recorded and nothing else', () => {
  const stores = GATES.map(() => Heard.open(tempFolder()));
  try {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
        for (const store of stores) store.keepOnly([]);
        const gates = GATES.map((name, n) => new Gate(name, stores[n] as Heard));
        const between = [0, 1, 2].map(
          (n) => [gates[n] as Gate, gates[(n + 1) % 3] as Gate] as const,
        );
        const meetings = new Map<number, Meeting>();
        let now = 0;
        for (const step of steps) {
          now += 1_000;
          if (step.do === 'record') {
            gates[step.gate]?.record(REFS[step.ref] ?? 'a', step.undo, now);
            continue;
          }
          const [one, other] = between[step.pair] ?? between[0] ?? [];
          if (one === undefined || other === undefined) continue;
          if (step.do === 'meet') meetings.set(step.pair, new Meeting(one, other));
          else if (step.do === 'part') meetings.delete(step.pair);
          else if (step.do === 'look') meetings.get(step.pair)?.look();
          else if (step.do === 'deliver') meetings.get(step.pair)?.deliver(step.way);
        }
        // Two of three can see each other again: enough for all.
        for (const n of [0, 1, 0]) {
          const [one, other] = between[n] ?? [];
          if (one !== undefined && other !== undefined) new Meeting(one, other).settle();
        }
        const all = gates.flatMap(({ own }) => own);
        for (const ref of REFS) {
          const about = all.filter(({ subject }) => subject === `${LIST}/${ref}`);
          const right = entryState(about, START + now);
          for (const gate of gates) expect(gate.stateOf(ref, START + now)).toEqual(right);
        }
        for (const { heard } of gates) expect(heard.rows).toBe(all.length);
      }),
      { numRuns: 60 },
    );
  } finally {
    for (const store of stores) store.close();
  }
});
