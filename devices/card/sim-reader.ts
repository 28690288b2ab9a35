/**
 * The in-process card reader: a virtual card in a modelled field, read by the very code that reads real cards.
 *
 * It is driven by its handle (tests) or, in a running daemon, by JSON lines on a control socket: `hold` {card, ms?},
 * `remove`, `unplug`, `plug`.
 */

import { z } from 'zod';
import { type ControlReply, type ControlRequest, openControlSocket } from '../sim-control.ts';
import type { Transmit } from './apdu.ts';
import {
  type ApplicationAsked,
  CardError,
  type CardIdentity,
  type CardProof,
  type CardReader,
  type CardReaderListener,
  type Institution,
  type OpenCardReader,
  type PinAsked,
  type PinOutcome,
  type SigningOutcome,
  type Tap,
} from './card.ts';
import { readUserCertificate } from './jpki-card.ts';
import { PinProof, pinExchange, pinTriesLeft } from './pin.ts';
import { PASSWORD_FORM, PIN_FORM, PinEntry } from './pin-entry.ts';
import { PossessionProof, possessionExchange } from './possession.ts';
import { judgeSigning, signingExchange, signingRequest, signingTriesLeft } from './signing.ts';
import {
  CARD_DEFINITION,
  type CardDefinition,
  SimCard,
  SimCardLeft,
  type TriesLeft,
} from './sim-card.ts';

const NAME = 'Simulated card reader';
/** A card that has not been read by then never will be. */
const READ_MS_MAX = 2500;

/** Of so many cards the reader remembers how often their PIN may still be wrong. */
const CARDS_KEPT_MAX = 1000;

/** What a person can do to a reader; each call throws when a person couldn't do it. */
export interface SimReader {
  /** Opens the driver, as often as it was closed; rejects while unplugged or open. */
  readonly open: OpenCardReader;
  /** Lays a card on the reader. With `ms` it goes away by itself after so long. */
  hold(card: CardDefinition, ms?: number): void;
  /** Takes it away again; how often its PIN and password may still be wrong. */
  remove(): TriesLeft;
  unplug(): void;
  plug(): void;
}

/** A reader without a control socket. */
export function createSimReader(): SimReader {
  return new Field();
}

/**
 * A driver whose control socket appears with the first opening and then stays as long as the process: after `unplug`
 * the driver is closed, and `plug` must still find an ear.
 */
export function openSimReader(options: { readonly controlPath: string }): OpenCardReader {
  const reader = createSimReader();
  let control: Promise<unknown> | null = null;
  return async (listener) => {
    control ??= openControlSocket(options.controlPath, (request) => obey(reader, request));
    try {
      await control;
    } catch (error) {
      control = null;
      throw error;
    }
    return reader.open(listener);
  };
}

const REQUEST = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('hold'),
    card: CARD_DEFINITION,
    ms: z.number().positive().max(600_000).optional(),
  }),
  z.strictObject({ do: z.literal('remove') }),
  z.strictObject({ do: z.literal('unplug') }),
  z.strictObject({ do: z.literal('plug') }),
]);

function obey(reader: SimReader, unchecked: ControlRequest): ControlReply {
  const parsed = REQUEST.safeParse(unchecked);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const request = parsed.data;
  if (request.do === 'hold') reader.hold(request.card, request.ms);
  else if (request.do === 'remove') return { ...reader.remove() };
  else reader[request.do]();
  return {};
}

/** One card under one listener: ends when either goes. */
interface Stay {
  readonly tap: Tap;
  readonly card: SimCard;
  /** Rejects with `card-removed`. */
  readonly end: PromiseWithResolvers<never>;
  reading: boolean;
}

class Field implements SimReader {
  #plugged = true;
  #listener: CardReaderListener | null = null;
  #card: SimCard | null = null;
  #certificate = '';
  #timer: NodeJS.Timeout | undefined;
  #stay: Stay | null = null;
  #taps = 0;
  /** What was left of the tries of cards that were here, by certificate: a card keeps its counter wherever it is. */
  readonly #triesLeft = new Map<string, TriesLeft>();

  readonly open: OpenCardReader = async (listener) => {
    if (!this.#plugged) throw new Error(`${NAME} is unplugged`);
    if (this.#listener !== null) throw new Error(`${NAME} is open already`);
    this.#listener = listener;
    // A card that lay there before is announced once the caller has the reader in its hands.
    setImmediate(() => {
      if (this.#listener === listener && this.#stay === null) this.#beginStay();
    });
    return {
      name: NAME,
      modelled: true,
      identify: (tap) => this.#talk(tap, identify),
      prove: (tap, institution) => this.#talk(tap, (card) => prove(card, institution)),
      triesLeft: (tap) => this.#talk(tap, triesLeft),
      provePin: async (tap, asked) => {
        const entry = new PinEntry(asked.pin, PIN_FORM);
        return entry.during(() => this.#talk(tap, (card) => provePin(card, asked, entry)));
      },
      signingTriesLeft: (tap) => this.#talk(tap, countSigningTries),
      signApplication: async (tap, asked) => {
        const entry = new PinEntry(asked.password, PASSWORD_FORM);
        return entry.during(() => this.#talk(tap, (card) => signApplication(card, asked, entry)));
      },
      close: async () => {
        if (this.#listener !== listener) return;
        this.#listener = null;
        this.#endStay();
      },
    } satisfies CardReader;
  };

  hold(definition: CardDefinition, ms?: number): void {
    if (this.#card !== null) throw new Error('a card is in the field already');
    this.#card = new SimCard(this.#asItWasLeft(definition));
    this.#certificate = definition.userCertificate ?? '';
    this.#timer = ms === undefined ? undefined : setTimeout(() => this.remove(), ms).unref();
    this.#beginStay();
  }

  remove(): TriesLeft {
    return this.#takeAway().triesLeft;
  }

  #takeAway(): SimCard {
    const card = this.#card;
    if (card === null) throw new Error('there is no card in the field');
    clearTimeout(this.#timer);
    this.#keepTries(card);
    this.#card = null;
    this.#endStay();
    return card;
  }

  unplug(): void {
    if (!this.#plugged) throw new Error('the reader is unplugged already');
    this.#plugged = false;
    const listener = this.#listener;
    this.#listener = null;
    this.#endStay();
    listener?.onLost('the reader was unplugged');
  }

  plug(): void {
    if (this.#plugged) throw new Error('the reader is plugged in already');
    this.#plugged = true;
  }

  /** A definition that says how many tries are left is of a card that was elsewhere meanwhile. */
  #asItWasLeft(definition: CardDefinition): CardDefinition {
    return { ...this.#triesLeft.get(definition.userCertificate ?? ''), ...definition };
  }

  #keepTries({ triesLeft }: SimCard): void {
    if (triesLeft.pinTriesLeft === undefined) return;
    this.#triesLeft.delete(this.#certificate);
    this.#triesLeft.set(this.#certificate, triesLeft);
    const [oldest] = this.#triesLeft.keys();
    if (this.#triesLeft.size > CARDS_KEPT_MAX && oldest !== undefined) {
      this.#triesLeft.delete(oldest);
    }
  }

  #beginStay(): void {
    // A card without any ATR is not noticed at all, as with PC/SC.
    if (this.#listener === null || this.#card === null || this.#card.atr.length === 0) return;
    this.#taps += 1;
    const end = Promise.withResolvers<never>();
    end.promise.catch(() => undefined);
    this.#stay = { tap: this.#taps, card: this.#card, end, reading: false };
    this.#listener.onCardPresent(this.#stay.tap, monotonicMs());
  }

  #endStay(): void {
    const stay = this.#stay;
    if (stay === null) return;
    this.#stay = null;
    stay.card.powerOff();
    stay.end.reject(removed());
    this.#listener?.onCardGone(stay.tap);
  }

  /** One talk with the card of this tap, from power to power, with an end. */
  async #talk<Result>(tap: Tap, talk: (card: Transmit) => Promise<Result>): Promise<Result> {
    const stay = this.#stay;
    if (stay?.tap !== tap) throw removed();
    if (stay.reading) throw new Error('the card is being read already');
    if (!isAnswerToReset(stay.card.atr)) {
      throw new CardError('card-unreadable', 'the card does not answer to reset');
    }
    stay.reading = true;
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new CardError('card-unreadable', `not read within ${READ_MS_MAX} ms`));
    }, READ_MS_MAX);
    try {
      stay.card.powerOn();
      const talking = talk((command) => this.#transmit(stay, command));
      return await Promise.race([talking, stay.end.promise, late.promise]);
    } finally {
      clearTimeout(timer);
      stay.card.powerOff();
      stay.reading = false;
    }
  }

  async #transmit(stay: Stay, command: Uint8Array): Promise<Uint8Array> {
    try {
      return await stay.card.transmit(command);
    } catch (error) {
      if (error instanceof SimCardLeft && this.#stay === stay) this.remove();
      throw removed();
    }
  }
}

async function identify(card: Transmit): Promise<CardIdentity> {
  const startedAt = monotonicMs();
  const certificate = await readUserCertificate(card);
  return { certificate, startedAt, finishedAt: monotonicMs() };
}

async function prove(card: Transmit, institution: Institution): Promise<CardProof> {
  const proof = new PossessionProof(institution);
  const identity = await identify(card);
  const { certificate } = identity;
  const answer = (challenge: Uint8Array) => proof.answer(challenge);
  const outcome = await possessionExchange(card, proof.request, certificate, answer);
  return proof.judge(identity, outcome, monotonicMs());
}

async function triesLeft(card: Transmit): Promise<number> {
  await readUserCertificate(card);
  return pinTriesLeft(card);
}

async function provePin(card: Transmit, asked: PinAsked, entry: PinEntry): Promise<PinOutcome> {
  const proof = new PinProof(asked);
  const identity = await identify(card);
  const answer = await pinExchange(card, proof.request, identity.certificate, entry);
  return proof.judge(identity, answer, monotonicMs());
}

async function countSigningTries(card: Transmit): Promise<number | null> {
  await readUserCertificate(card);
  return signingTriesLeft(card);
}

async function signApplication(
  card: Transmit,
  asked: ApplicationAsked,
  entry: PinEntry,
): Promise<SigningOutcome> {
  const request = signingRequest(asked);
  const identity = await identify(card);
  const answer = await signingExchange(card, request, identity.certificate, entry);
  return judgeSigning(request, identity, answer, monotonicMs());
}

function removed(): CardError {
  return new CardError('card-removed', 'the card of this tap is not in the field any more');
}

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Whether the structure and the check byte are those of ISO 7816-3 8.2; PC/SC refuses the others. */
function isAnswerToReset(atr: Uint8Array): boolean {
  const [ts, t0 = 0] = atr;
  if (ts !== 0x3b && ts !== 0x3f) return false;
  let interfaceBytes = t0 >> 4;
  let checked = false;
  let at = 2;
  while (interfaceBytes !== 0) {
    const count = [1, 2, 4, 8].filter((bit) => (interfaceBytes & bit) !== 0).length;
    at += count;
    // TD, the last of its group, names a protocol and says which bytes follow; T=0 alone has no check byte.
    const td = (interfaceBytes & 8) === 0 ? 0 : (atr[at - 1] ?? 0);
    checked ||= (td & 0x0f) !== 0;
    interfaceBytes = td >> 4;
  }
  const length = at + (t0 & 0x0f) + (checked ? 1 : 0);
  if (atr.length !== length) return false;
  return !checked || atr.subarray(1).reduce((xor, byte) => xor ^ byte, 0) === 0;
}
