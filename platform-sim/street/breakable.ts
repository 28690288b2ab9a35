/** What can be broken at a terminal of the street, and what a fault is. */

import type { CardStack } from './card-stack.ts';
import type { CentreView } from './centre-view.ts';
import type { Hands } from './hands.ts';
import type { Words } from './messages.ts';
import type { NetworkCut } from './network-cut.ts';
import type { PageStack } from './page-stack.ts';
import type { PaymentStack } from './payment-stack.ts';
import type { ReceiptStack } from './receipt-stack.ts';
import type { ReleaseStack } from './release-stack.ts';
import type { SmallDisk } from './small-disk.ts';
import type { TelevisionStack } from './television-stack.ts';
import type { Terminal } from './terminal.ts';

/** What of a terminal and its surroundings can be broken. */
export interface Breakable {
  readonly cards: CardStack;
  readonly hands: Hands;
  /** Null where nothing is printed. */
  readonly receipts: ReceiptStack | null;
  /** Null where nothing is handed out. */
  readonly release: ReleaseStack | null;
  /** Null where no certificates are printed. */
  readonly page: PageStack | null;
  /** Null where nothing is paid. */
  readonly payment: PaymentStack | null;
  /** Null where there is none. */
  readonly television: TelevisionStack | null;
  readonly centre: Pick<CentreView, 'break' | 'mend'>;
  readonly cable: NetworkCut;
  readonly terminal: Terminal;
  readonly disk: SmallDisk | null;
  readonly canSkewClock: boolean;
}

export interface Fault {
  readonly label: Words;
  readonly says: Words;
  /** Of faults with the same place, one at a time. */
  readonly place:
    | 'card'
    | 'reader'
    | 'printer'
    | 'release'
    | 'network'
    | 'clock'
    | 'disk'
    | 'terminal'
    | 'page'
    | 'payment'
    | 'remote'
    | 'television'
    | 'tv-line'
    | `centre-${string}`;
  /** Absent: at every terminal. */
  readonly fits?: (at: Breakable) => boolean;
  readonly apply: (at: Breakable) => void | Promise<void>;
  /** Absent for a blow: it happens once and is over. */
  readonly mend?: (at: Breakable) => void | Promise<void>;
  /** Why it cannot be had here, or null. */
  readonly missing?: (at: Breakable) => Words | null;
}
