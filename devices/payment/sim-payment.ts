/**
 * A simulated payment unit, driven over its control socket:
 *   {"do": "insert", "piece": 10 | 50 | 100 | 500 | 1000}   what no payment waits for falls into the tray
 *   {"do": "touch", "wallet": NAME}                         an e-money wallet is held to the reader; a new one has 5,000 yen
 *   {"do": "take"}                                          empties the tray: change, and what came back
 *   {"do": "look"}                                          what there is to see: the payment that is open, the tray, the takings
 *   {"do": "faults", "answers": [FAULT, ...]}               one an answer, see ANSWER_FAULTS
 *   {"do": "set", "as": CONDITION}                          see UNIT_CONDITIONS
 *   {"do": "power", "on": BOOLEAN}, {"do": "empty-box"}, {"do": "forget"}, {"do": "unplug"}, {"do": "plug"}
 */

import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import type { OpenPaymentUnit } from './payment.ts';
import {
  ORDINARY_PAYMENT_TIMING,
  openConversation,
  type PaymentLine,
  type PaymentLineListener,
  type PaymentTiming,
} from './payment-conversation.ts';
import { PIECES, type Piece } from './sim-books.ts';
import { memoryInFile, memoryInProcess } from './sim-memory.ts';
import { ANSWER_FAULTS, type AnswerFault, SimUnit, UNIT_CONDITIONS } from './sim-unit.ts';

const FAULTS_MAX = 100;
const WALLET = /^[\w-]{1,32}$/u;

export interface OpenSimPaymentOptions {
  /** Unix socket on which it is driven. */
  readonly controlPath?: string | undefined;
  /** Where it remembers payments when this process is killed. */
  readonly memoryPath?: string | undefined;
  readonly timing?: PaymentTiming | undefined;
  /** A unit that outlives its driver, as real ones do; a new one unless told. */
  readonly unit?: SimUnit | undefined;
  /** Where that unit is plugged in. */
  readonly plug?: Socket | undefined;
}

/** The model behind the ordinary conversation. The unit and its money stay when it is closed and opened again. */
export function openSimPayment(options: OpenSimPaymentOptions = {}): OpenPaymentUnit {
  const { controlPath, memoryPath, timing = ORDINARY_PAYMENT_TIMING } = options;
  const memory = memoryPath === undefined ? memoryInProcess() : memoryInFile(memoryPath);
  const unit = options.unit ?? new SimUnit({ memory });
  const socket = options.plug ?? new Socket(unit);
  let control: Promise<unknown> | null = null;
  const obey = (request: ControlRequest) => controlSimUnit(unit, socket, request);
  return async (listener) => {
    if (controlPath !== undefined) control ??= openControlSocket(controlPath, obey);
    await control;
    const name = 'Simulated payment unit';
    const openLine = async (heard: PaymentLineListener) => socket.open(heard);
    return openConversation({ name, modelled: true, timing, openLine }, listener);
  };
}

/** What pulls and puts back the unit's plug. */
export interface Plug {
  pull(): Promise<void> | void;
  putBack(): Promise<void> | void;
}

/** Where the line of a unit in memory is plugged in. */
export class Socket implements Plug {
  readonly #unit: SimUnit;
  #isPlugged = true;
  #heard: PaymentLineListener | null = null;

  constructor(unit: SimUnit) {
    this.#unit = unit;
  }

  open(heard: PaymentLineListener): PaymentLine {
    if (!this.#isPlugged) throw new Error('the payment unit is not there');
    this.#heard = heard;
    this.#unit.connect((bytes) => heard.onBytes(bytes));
    return {
      write: async (bytes) => {
        if (this.#heard !== heard) throw new Error('closed');
        // As on a real line: the answer never comes before the question has returned.
        setImmediate(() => {
          if (this.#heard === heard) this.#unit.receive(bytes);
        });
      },
      close: async () => {
        if (this.#heard === heard) this.#release();
      },
    };
  }

  pull(): void {
    this.#isPlugged = false;
    this.#release()?.onClosed('the payment unit was unplugged');
  }

  putBack(): void {
    this.#isPlugged = true;
  }

  #release(): PaymentLineListener | null {
    const heard = this.#heard;
    this.#heard = null;
    this.#unit.connect(undefined);
    return heard;
  }
}

/** Obeys one request of the control socket; throws for what is none. */
export async function controlSimUnit(
  unit: SimUnit,
  plug: Plug,
  request: ControlRequest,
): Promise<ControlReply> {
  switch (request.do) {
    case 'insert':
      unit.insert(pieceOf(request['piece']));
      break;
    case 'touch':
      unit.touch(walletOf(request['wallet']));
      break;
    case 'take':
      return { taken: unit.books.emptyTray() };
    case 'look':
      break;
    case 'faults':
      unit.faults(faultsOf(request['answers']));
      break;
    case 'set':
      unit.condition = oneOf(UNIT_CONDITIONS, request['as']);
      break;
    case 'power':
      unit.power(request['on'] === true);
      break;
    case 'empty-box':
      unit.books.emptyBox();
      break;
    case 'forget':
      unit.books.forget();
      break;
    case 'unplug':
      await plug.pull();
      break;
    case 'plug':
      await plug.putBack();
      break;
    default:
      throw new Error(`a payment unit does not know how to ${request.do}`);
  }
  return seen(unit);
}

/** What somebody in front of it sees, and what its takings are. */
function seen({ books, condition, hasPower }: SimUnit): ControlReply {
  const { open, tray, takings } = books;
  return { open, tray, takings, condition, hasPower, modelled: true };
}

function pieceOf(value: unknown): Piece {
  const piece = PIECES.find((each) => each === value);
  if (piece === undefined) throw new Error(`piece is one of ${PIECES.join(', ')}`);
  return piece;
}

function walletOf(value: unknown): string {
  if (typeof value === 'string' && WALLET.test(value)) return value;
  throw new Error('wallet is a name of 1 to 32 letters, digits, _ and -');
}

function faultsOf(value: unknown): AnswerFault[] {
  if (Array.isArray(value) && value.length <= FAULTS_MAX) {
    return value.map((each: unknown) => oneOf(ANSWER_FAULTS, each));
  }
  throw new Error(`answers is a list of at most ${FAULTS_MAX} faults`);
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Error(`expected ${words.join(' or ')}`);
  return found;
}
