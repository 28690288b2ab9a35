/**
 * The stick in a running terminal, for its staff: what it brings, in a form that their screen can show, and taking it: an
 * order, the newest version of a list, or both; all of it, or nothing; and where
 * a disk that fills in between leaves the list alone, it says so.
 */

import { setTimeout } from 'node:timers/promises';
import type { BroughtLists } from './brought-lists.ts';
import type { Command } from './domain/command.ts';
import type { StickTaken } from './domain/staff-answer.ts';
import type { StickFault, StickNotTaken, StickShown } from './domain/stick-screen.ts';
import type { OfferedList } from './link/list-download.ts';
import { HEAD_FRAME } from './link/protocol.ts';
import { Rejection, type RejectionReason, rejectionOf } from './link/rejection.ts';
import { heldRole } from './role-config.ts';
import type { StickDesk } from './staff/staff-desk.ts';
import {
  followOrder,
  heldSigners,
  judgeOrder,
  orderOf,
  refusalNow,
  type StickOrderParts,
} from './stick-orders.ts';
import type { StickFileFault } from './transfer/stick-file.ts';
import { stickObjects } from './transfer/stick-objects.ts';
import { readStickHead, readStickOrder } from './transfer/stick-order.ts';

/** In facts: why an order was taken. */
const AT_THE_SCREEN = 'staff-screen';
/** A stick that is broken may not answer at all, and staff has other things to do. */
const READING_MS = 2_000;

const LIST_FAULTS: Partial<Record<RejectionReason | 'busy', StickFault>> = {
  'older-version': 'list-older',
  'not-for-this-terminal': 'list-other',
  key: 'list-keys',
  'key-store': 'list-keys',
  expired: 'list-expired',
  'bad-signature': 'list-signature',
  'not-named': 'list-signature',
  'not-found': 'list-incomplete',
  truncated: 'list-incomplete',
  unreachable: 'list-incomplete',
  'disk-full': 'disk-full',
  busy: 'list-busy',
};

export interface TerminalStickParts extends StickOrderParts {
  readonly mount: string;
  readonly brings: () => boolean;
  readonly brought: Pick<BroughtLists, 'judge' | 'take'>;
  /** Those that this terminal is there for; a list that the order on the stick names is one, too. */
  readonly lists: readonly string[];
}

interface Brought {
  readonly order: Command | null;
  readonly list: OfferedList | null;
}

export class TerminalStick implements StickDesk {
  readonly #parts: TerminalStickParts;
  /** What was shown last: that is taken, and nothing that came in its place. */
  #shown: Brought | null = null;

  constructor(parts: TerminalStickParts) {
    this.#parts = parts;
  }

  get brings(): boolean {
    return this.#parts.brings();
  }

  /** What it would do; nothing is changed. */
  async look(): Promise<StickShown> {
    this.#shown = null;
    const brought = await this.#read();
    if (typeof brought === 'string') return { is: 'nothing', why: brought };
    this.#shown = brought;
    const { order, list } = brought;
    return {
      is: 'brings',
      order: order && orderOf(order),
      list: list && { list: list.head.list, version: list.head.version },
    };
  }

  async take(by: string): Promise<StickTaken> {
    const { recorder } = this.#parts;
    const { order = null, list = null } = this.#shown ?? {};
    const left = await this.#take(order, list, by);
    if (left?.is === 'nothing') {
      recorder.note('stick.declined', { by, reason: left.why });
      return left;
    }
    const { list: name, version } = list?.head ?? {};
    const does = left === null ? order?.does : undefined;
    recorder.note('stick.accepted', { by, does, list: name, version, reason: left?.why });
    if (left !== null) return left;
    return { is: 'taken', result: order === null ? 'stick-list-taken' : 'stick-order-taken' };
  }

  /** The order last: where the list is not taken, the terminal stays what it is. Null: all of it is taken. */
  async #take(
    order: Command | null,
    list: OfferedList | null,
    by: string,
  ): Promise<StickNotTaken | null> {
    const { ledger, mount, brought } = this.#parts;
    // Somebody at a keyboard may have been faster, or a newer one came over the link.
    if (order !== null && ledger.commands.has(order.id)) return { is: 'nothing', why: 'repeated' };
    const isFollowed = order === null || refusalNow(order, this.#parts) === null;
    const first = isFollowed ? list : null;
    if (first !== null) {
      const why = await brought.take(first, stickObjects(mount), heldSigners(this.#parts));
      if (why !== null) return { is: 'nothing', why: LIST_FAULTS[why] ?? 'list-damaged' };
    }
    if (order === null) return null;
    const why = await followOrder(order, this.#parts, { by, why: AT_THE_SCREEN });
    if (why === null) return null;
    return first === null
      ? { is: 'nothing', why }
      : { is: 'list-alone', list: { list: first.head.list, version: first.head.version }, why };
  }

  async #read(): Promise<Brought | StickFault> {
    const { mount, terminal } = this.#parts;
    const [order, head] = await Promise.all([
      inTime(readStickOrder(mount, terminal)),
      inTime(readStickHead(mount, terminal)),
    ]);
    if (order === 'none' && head === 'none') return 'none';
    const command = await this.#order(order);
    // Taken before, at a keyboard or at the last visit: the list beside it may be new all the same.
    if (command === 'repeated' && head !== 'none') {
      const alone = await this.#withList(null, head);
      return alone === 'list-other' ? command : alone;
    }
    return typeof command === 'string' ? command : this.#withList(command, head);
  }

  /** Null: there is none. */
  async #order(found: Buffer | StickFileFault): Promise<Command | StickFault | null> {
    if (found === 'none') return null;
    if (typeof found === 'string') return found;
    const command = await judgeOrder(found, this.#parts);
    return typeof command === 'string' ? command : (refusalNow(command, this.#parts) ?? command);
  }

  async #withList(
    order: Command | null,
    found: Buffer | StickFileFault,
  ): Promise<Brought | StickFault> {
    if (found === 'none') return { order, list: null };
    if (typeof found === 'string') return found;
    const { brought, lists, ledger } = this.#parts;
    try {
      const named = (order?.role ?? heldRole(ledger))?.list ?? [];
      const signers = heldSigners(this.#parts);
      return {
        order,
        list: await brought.judge(frameIn(found), [...lists, named].flat(), signers),
      };
    } catch (error) {
      return LIST_FAULTS[rejectionOf(error).reason] ?? 'list-damaged';
    }
  }
}

function inTime(reading: Promise<Buffer | StickFileFault>): Promise<Buffer | StickFileFault> {
  return Promise.race([reading, setTimeout(READING_MS, 'unreadable' as const, { ref: false })]);
}

function frameIn(json: Buffer) {
  try {
    return HEAD_FRAME.parse(JSON.parse(json.toString('utf8')));
  } catch (error) {
    throw new Rejection('malformed', 'no frame of a head', { cause: error });
  }
}
