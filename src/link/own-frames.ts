/** What a terminal says of itself: who it is and how far it got, and that it still lives. */

import type { Clock } from '../clock.ts';
import type { FactStream, Ledger } from '../store/ledger.ts';
import type { WirePlace } from './alert-protocol.ts';
import { SUBPROTOCOL_NOW, type TerminalFrame } from './protocol.ts';

interface Speaker {
  readonly terminal: string;
  readonly software: string;
  readonly lists: readonly string[];
  readonly ledger: Pick<Ledger, 'boot' | 'waiting'>;
  readonly clock: Clock;
  readonly alerts?: { readonly place: WirePlace } | undefined;
}

/**
 * `stream`: the facts that are told over this link. `root`: the version that is held; 0 while there is none. `subprotocol`: as
 * the platform chose it; an older one is told nothing that it does not know.
 */
export function hello(
  { ledger, terminal, software, lists, clock, alerts }: Speaker,
  stream: FactStream,
  root: number,
  subprotocol: string,
): TerminalFrame {
  const { boot } = ledger;
  const { epoch } = stream;
  const last = stream.last();
  return {
    frame: 'hello',
    terminal,
    epoch,
    boot,
    last,
    lists: [...lists],
    root,
    software,
    clock: wireReading(clock),
    ...(alerts !== undefined && subprotocol === SUBPROTOCOL_NOW && { place: alerts.place }),
  };
}

export function beat({ ledger, clock }: Speaker): TerminalFrame {
  return { frame: 'beat', waiting: ledger.waiting(), clock: wireReading(clock) };
}

function wireReading(clock: Clock) {
  const { at, clock: quality, mono } = clock.read();
  return { at, quality, mono };
}
