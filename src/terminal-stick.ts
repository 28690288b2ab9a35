/** The stick in a running terminal, for its staff: what it brings, in a form that their screen can show, and taking it. */

import { setTimeout } from 'node:timers/promises';
import type { Command } from './domain/command.ts';
import { present } from './domain/present.ts';
import type { StickTaken } from './domain/staff-answer.ts';
import type { StickFault, StickShown } from './domain/stick-screen.ts';
import type { StickDesk } from './staff/staff-desk.ts';
import {
  followOrder,
  judgeOrder,
  orderOf,
  refusalNow,
  type StickOrderParts,
} from './stick-orders.ts';
import { readStickOrder } from './transfer/stick-order.ts';

/** In facts: why an order was taken. */
const AT_THE_SCREEN = 'staff-screen';
/** A stick that is broken may not answer at all, and staff has other things to do. */
const READING_MS = 2_000;

export interface TerminalStickParts extends StickOrderParts {
  readonly mount: string;
  readonly brings: () => boolean;
}

export class TerminalStick implements StickDesk {
  readonly #parts: TerminalStickParts;
  /** What was shown last: that is taken, and nothing that came in its place. */
  #shown: Command | null = null;

  constructor(parts: TerminalStickParts) {
    this.#parts = parts;
  }

  get brings(): boolean {
    return this.#parts.brings();
  }

  /** What it would do; nothing is changed. */
  async look(): Promise<StickShown> {
    this.#shown = null;
    const command = await this.#command();
    if (typeof command === 'string') return { is: 'nothing', why: command };
    const why = refusalNow(command, this.#parts);
    if (why !== null) return { is: 'nothing', why };
    this.#shown = command;
    return { is: 'brings', order: present(orderOf(command), 'order') };
  }

  async take(by: string): Promise<StickTaken> {
    const command = present(this.#shown, 'order');
    // Somebody at a keyboard may have been faster.
    const why = this.#parts.ledger.commands.has(command.id)
      ? 'repeated'
      : await followOrder(command, this.#parts, { by, why: AT_THE_SCREEN });
    return why === null ? { is: 'taken', result: 'stick-order-taken' } : { is: 'nothing', why };
  }

  async #command(): Promise<Command | StickFault> {
    const { mount, terminal } = this.#parts;
    const order = await Promise.race([
      readStickOrder(mount, terminal),
      setTimeout(READING_MS, 'unreadable' as const, { ref: false }),
    ]);
    return typeof order === 'string' ? order : judgeOrder(order, this.#parts);
  }
}
