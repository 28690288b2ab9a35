/**
 * The money in a simulated payment unit: coins in the box, coins held for the payment that is open, coins in the tray,
 * and e-money wallets. Each change is written to the unit's memory before anybody hears of it.
 */

import type { Payment, PaymentState, VoidReason } from './payment.ts';
import type { UnitMemory } from './sim-memory.ts';

/** What the box takes: coins, and the note of 1,000 yen. */
export const PIECES = [1_000, 500, 100, 50, 10] as const;
export type Piece = (typeof PIECES)[number];

/** What a new box has for change: notes are never given as change. */
const FLOAT: readonly Piece[] = [
  ...Array<Piece>(4).fill(500),
  ...Array<Piece>(20).fill(100),
  ...Array<Piece>(10).fill(50),
  ...Array<Piece>(20).fill(10),
];
const WALLET_YEN = 5_000;
/** The oldest that are over are forgotten. */
const ACCOUNTS_MAX = 1_000;

/** One payment. */
export interface Account extends Payment {
  readonly state: Extract<PaymentState, 'collecting' | 'authorised' | 'captured' | 'voided'>;
  readonly inserted: number;
  readonly why: VoidReason | null;
  /** Whose e-money is held. */
  readonly wallet: string | null;
}

interface Kept {
  readonly accounts: readonly Account[];
  readonly box: readonly Piece[];
  /** For the payment that is open. */
  readonly held: readonly Piece[];
  readonly tray: readonly Piece[];
  readonly wallets: Readonly<Record<string, number>>;
  /** It lost its memory once: what it does not know may have been. */
  readonly isForgetful: boolean;
}

const NEW: Kept = {
  accounts: [],
  box: FLOAT,
  held: [],
  tray: [],
  wallets: {},
  isForgetful: false,
};

export class Books {
  readonly #memory: UnitMemory;
  #kept: Kept;

  /** A memory that can't be read is one that was lost. */
  constructor(memory: UnitMemory) {
    this.#memory = memory;
    const text = memory.read();
    this.#kept = text === null ? NEW : (read(text) ?? { ...NEW, isForgetful: true });
  }

  /** The payment that is open. */
  get open(): Account | null {
    return this.#kept.accounts.find((account) => !isOver(account)) ?? null;
  }

  get isForgetful(): boolean {
    return this.#kept.isForgetful;
  }

  get tray(): readonly Piece[] {
    return this.#kept.tray;
  }

  /** Yen that were captured, over all payments that it knows. */
  get takings(): number {
    const captured = this.#kept.accounts.filter(({ state }) => state === 'captured');
    return captured.reduce((sum, { yen }) => sum + yen, 0);
  }

  /** Yen of all pieces in it, wherever they lie. */
  get cash(): number {
    const { box, held, tray } = this.#kept;
    return sum([...box, ...held, ...tray]);
  }

  wallet(name: string): number {
    return this.#kept.wallets[name] ?? WALLET_YEN;
  }

  find(id: string): Account | null {
    return this.#kept.accounts.find((account) => account.id === id) ?? null;
  }

  /** Under this id nothing can be taken from now on, or it waits for money. */
  add(payment: Payment, why: VoidReason | null): Account {
    const state = why === null ? 'collecting' : 'voided';
    const account: Account = { ...payment, state, inserted: 0, why, wallet: null };
    const { accounts } = this.#kept;
    const oldest = accounts.length < ACCOUNTS_MAX ? undefined : accounts.find(isOver);
    this.#keep({ accounts: [...accounts.filter((each) => each !== oldest), account] });
    return account;
  }

  /** A piece is put in; what no payment waits for falls into the tray. */
  insert(piece: Piece): void {
    const account = this.open;
    if (account?.state === 'collecting' && account.means === 'cash') this.#hold(account, piece);
    else this.#keep({ tray: [...this.#kept.tray, piece] });
  }

  /** When it is enough, the payment is authorised or, without change for it, void. */
  #hold(before: Account, piece: Piece): void {
    const { box } = this.#kept;
    const held = [...this.#kept.held, piece];
    const account = { ...before, inserted: before.inserted + piece };
    this.#keep({ held, ...this.#changed(account, {}) });
    if (account.inserted < account.yen) return;
    const hasChange = changeOf(account.inserted - account.yen, [...box, ...held]) !== null;
    if (hasChange) this.#keep(this.#changed(account, { state: 'authorised' }));
    else this.giveBack(account, 'no-change');
  }

  /** A wallet is held to the reader. */
  touch(name: string): void {
    const account = this.open;
    if (account?.state !== 'collecting' || account.means !== 'e-money') return;
    const left = this.wallet(name) - account.yen;
    if (left < 0) this.giveBack(account, 'declined');
    else {
      this.#keep({
        wallets: { ...this.#kept.wallets, [name]: left },
        ...this.#changed(account, { state: 'authorised', inserted: account.yen, wallet: name }),
      });
    }
  }

  /** Takes what is held, and gives change. */
  capture(account: Account): void {
    const { box, held, tray } = this.#kept;
    const pieces = [...box, ...held];
    const change = changeOf(account.inserted - account.yen, pieces) ?? [];
    const left = without(pieces, change);
    const captured = this.#changed(account, { state: 'captured' });
    this.#keep({ box: left, held: [], tray: [...tray, ...change], ...captured });
  }

  giveBack(account: Account, why: VoidReason): void {
    const { held, tray, wallets } = this.#kept;
    const { wallet, yen } = account;
    const voided = this.#changed(account, { state: 'voided', why });
    const back = wallet === null ? {} : { [wallet]: this.wallet(wallet) + yen };
    this.#keep({ held: [], tray: [...tray, ...held], wallets: { ...wallets, ...back }, ...voided });
  }

  /** Somebody takes what lies in the tray. */
  emptyTray(): readonly Piece[] {
    const { tray } = this.#kept;
    this.#keep({ tray: [] });
    return tray;
  }

  /** Somebody takes the change out of the box: it can give none any more. */
  emptyBox(): void {
    this.#keep({ box: [] });
  }

  /** Its memory is lost; the coins fall into the tray. */
  forget(): void {
    const { box, held, tray, wallets } = this.#kept;
    this.#keep({ ...NEW, box, tray: [...tray, ...held], wallets, isForgetful: true });
  }

  #changed(account: Account, change: Partial<Account>): Pick<Kept, 'accounts'> {
    const after = { ...account, ...change };
    return { accounts: this.#kept.accounts.map((each) => (each.id === account.id ? after : each)) };
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    this.#memory.write(JSON.stringify(this.#kept));
  }
}

function isOver({ state }: Account): boolean {
  return state === 'captured' || state === 'voided';
}

/** Only what this model wrote is ever read: that it is whole is all there is to know. */
function read(text: string): Kept | null {
  try {
    return { ...NEW, ...(JSON.parse(text) as Kept) };
  } catch {
    return null;
  }
}

/**
 * The pieces for so much change, null when it can't be given. Each piece is a multiple of the next smaller, so taking the
 * largest first finds a way where there is one.
 */
function changeOf(yen: number, pieces: readonly Piece[]): Piece[] | null {
  const change: Piece[] = [];
  let left = yen;
  for (const piece of pieces.toSorted((a, b) => b - a)) {
    if (piece > left || piece === PIECES[0]) continue;
    change.push(piece);
    left -= piece;
  }
  return left === 0 ? change : null;
}

function without(pieces: readonly Piece[], gone: readonly Piece[]): Piece[] {
  const left = [...pieces];
  for (const piece of gone) left.splice(left.indexOf(piece), 1);
  return left;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
