/**
 * What two gates hand each other: each says up to where it has what, and gets what it lacks, one frame on its way at a time.
 * It knows frames, not sockets.
 */

import type { Fact } from '../domain/fact.ts';
import type { Heard, Stream } from '../store/heard.ts';
import type { Belief, Disbelief } from './belief.ts';
import { type FactsFrame, type Have, LIMITS, type NeighbourFrame } from './protocol.ts';
import type { FrameAfterHello } from './socket.ts';
import { isOfShelter } from './told-facts.ts';

/** Who has not said for so long what became of a frame is sent others. */
const ANSWER_MS = 10_000;

/** The keys by which the readers of one shelter know cards again that are on no list; base64. */
export interface SharedMarks {
  shown(): readonly string[];
  /** Keeps those that are new. False: none was. */
  take(keys: readonly string[]): boolean;
}

export interface ExchangeParts {
  /** The lists that both serve, or the shelter that both are of. */
  readonly lists: readonly string[];
  readonly heard: Heard;
  readonly belief: Pick<Belief, 'take'>;
  /** Whether this list decides here now, and is for that gate, too. */
  readonly isShared: (list: string) => boolean;
  readonly terminal: string;
  readonly send: (frame: NeighbourFrame) => void;
  readonly hasRoom: () => boolean;
  readonly onFacts: (facts: readonly Fact[], stream: Stream) => void;
  readonly onDisbelief: (why: Disbelief, frame: FactsFrame) => void;
  readonly onHeld: (terminal: string, why: string) => void;
  /** Null: of no shelter. */
  readonly marks: Pick<SharedMarks, 'shown'> | null;
  readonly onMarks: (keys: readonly string[]) => void;
}

type StreamId = Pick<Stream, 'list' | 'terminal' | 'epoch'>;

export class Exchange {
  readonly #parts: ExchangeParts;
  /** By list, then by stream: up to where the other gate has it. */
  readonly #theirs = new Map<string, Map<string, number>>();
  /** Lists of which it knows what we have. */
  readonly #said = new Set<string>();
  /** Sent, and not answered. */
  #under: { readonly key: string; readonly upto: number; readonly at: number } | null = null;
  /** It does not take more of these than it said. */
  readonly #stalled = new Set<string>();
  /** Of these we could not take more, and shall try. */
  readonly #later = new Map<string, StreamId>();

  constructor(parts: ExchangeParts) {
    this.#parts = parts;
    this.look();
  }

  /** What has come to be possible by now: at the beginning, and with every beat. */
  look(): void {
    const { lists, isShared, heard } = this.#parts;
    for (const list of lists) {
      if (!isShared(list)) this.#said.delete(list);
      else if (!this.#said.has(list)) this.#sayAll(list);
    }
    for (const id of this.#later.values()) this.say([heard.stream(id)]);
    this.#later.clear();
    if (this.#under !== null && performance.now() - this.#under.at > ANSWER_MS) this.#under = null;
    this.tell('all');
  }

  /** Up to where we have these streams. */
  say(streams: readonly Stream[]): void {
    const { send, hasRoom } = this.#parts;
    if (!hasRoom()) return;
    const byList = Map.groupBy(streams, ({ list }) => list);
    for (const [list, of] of byList) {
      if (!this.#said.has(list)) continue;
      const said = of.map(({ terminal, epoch, upto }) => ({ terminal, epoch, upto }));
      send({ frame: 'have', list, streams: said });
    }
  }

  /** Sends the next facts that the other gate lacks. `own`: those of this gate only, which nobody else can be faster to tell. */
  tell(which: 'own' | 'all'): void {
    const { heard, send, hasRoom, terminal: own } = this.#parts;
    if (this.#under !== null || !hasRoom()) return;
    for (const stream of this.#lacking()) {
      if (which === 'own' && stream.terminal !== own) continue;
      const { list, terminal, epoch } = stream;
      const limit = { items: LIMITS.facts, bytes: LIMITS.factsBytes };
      const told = heard.after(stream, this.#uptoOf(stream), limit);
      const last = told?.items.at(-1);
      if (told === null || last === undefined) continue;
      this.#under = { key: keyOf(stream), upto: last.seq, at: performance.now() };
      const items = told.items.map(({ before, text, signature }) => ({
        before,
        text,
        signature: signature.toString('base64'),
      }));
      const certificate = told.certificate.toString('base64');
      send({ frame: 'facts', list, terminal, epoch, certificate, items });
      return;
    }
  }

  hear(frame: FrameAfterHello): void {
    const { lists, isShared, onMarks } = this.#parts;
    if (frame.frame === 'have') this.#hearOf(frame);
    else if (frame.frame === 'facts') this.#take(frame);
    else if (lists.includes(frame.list) && isShared(frame.list)) onMarks(frame.keys);
  }

  /** To whoever is told of the shelter. */
  sayMarks(): void {
    for (const list of this.#said) this.#sayMarksOf(list);
  }

  #sayMarksOf(list: string): void {
    const { marks, send, hasRoom } = this.#parts;
    if (marks === null || !isOfShelter(list) || !hasRoom()) return;
    send({ frame: 'marks', list, keys: [...marks.shown()] });
  }

  #sayAll(list: string): void {
    const { heard, send } = this.#parts;
    this.#said.add(list);
    const streams = heard.streams(list).slice(0, LIMITS.streams);
    const said = streams.map(({ terminal, epoch, upto }) => ({ terminal, epoch, upto }));
    send({ frame: 'have', list, streams: said });
    this.#sayMarksOf(list);
  }

  #hearOf({ list, streams }: Have): void {
    if (!this.#parts.lists.includes(list)) return;
    const theirs = this.#theirs.get(list) ?? new Map<string, number>();
    this.#theirs.set(list, theirs);
    for (const { terminal, epoch, upto } of streams) {
      const key = keyOf({ list, terminal, epoch });
      if (theirs.size >= LIMITS.streams && !theirs.has(key)) continue;
      theirs.set(key, upto);
      this.#stalled.delete(key);
      if (this.#under?.key !== key) continue;
      if (upto < this.#under.upto) this.#stalled.add(key);
      this.#under = null;
    }
    this.tell('all');
  }

  #take(frame: FactsFrame): void {
    const { belief, heard, onFacts, onDisbelief, onHeld, lists } = this.#parts;
    const { list, terminal, epoch } = frame;
    if (!lists.includes(list)) return;
    const { facts, end, held } = belief.take(frame);
    const stream = heard.stream({ list, terminal, epoch });
    // Also of one that is held: staff may release it.
    if (end?.kind === 'later' || end?.why === 'held') this.#later.set(keyOf(stream), stream);
    this.say([stream]);
    if (facts.length > 0) onFacts(facts, stream);
    if (held !== null) onHeld(terminal, held);
    else if (end !== null) onDisbelief(end, frame);
  }

  /** Own facts first. */
  #lacking(): Stream[] {
    const { heard, lists, isShared, terminal: own } = this.#parts;
    const shared = lists.filter((list) => this.#theirs.has(list) && isShared(list));
    const lacking = shared
      .flatMap((list) => heard.streams(list))
      .filter((stream) => stream.upto > this.#uptoOf(stream) && !this.#stalled.has(keyOf(stream)));
    return lacking.sort((a, b) => Number(b.terminal === own) - Number(a.terminal === own));
  }

  #uptoOf(stream: StreamId): number {
    return this.#theirs.get(stream.list)?.get(keyOf(stream)) ?? 0;
  }
}

function keyOf({ list, terminal, epoch }: StreamId): string {
  return `${list} ${terminal} ${epoch}`;
}
