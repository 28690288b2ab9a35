/**
 * The card process: the only one that touches libpcsclite. It lives and dies with the daemon that forked it.
 *
 * npm pcsclite holds one mutex of a reader object for the whole of an APDU and takes the same one on the event loop to
 * report a change of that reader: one slow card would freeze this process. So two objects serve one reader: the one
 * that npm pcsclite announces watches, one of our own talks.
 *
 * Nothing of npm pcsclite is ever closed: `reader.close()` deadlocks inside a status event and waits for an APDU under
 * way, `pcsc.close()` reports an error. The process ends instead, by SIGKILL, because an ordinary exit joins the
 * threads of libuv, and one of them may be inside a card that never answers.
 */

import { flushCompileCache } from 'node:module';
import type { Transmit } from './apdu.ts';
import { CardError, type PinFate, type Tap } from './card.ts';
import { fromPcsc, ReaderLost } from './pcsc-errors.ts';
import { CardLine, type NativeReader } from './pcsc-line.ts';
import {
  type CardProcessOptions,
  type FromCardProcess,
  monotonicNow,
  type ToCardProcess,
} from './pcsc-messages.ts';
import { readSecret } from './pcsc-pin-pipe.ts';
import { rehearse } from './pcsc-rehearsal.ts';
import { Taps } from './pcsc-taps.ts';
import { pinExchange, pinTriesLeft } from './pin.ts';
import { PASSWORD_FORM, PIN_FORM, PinEntry } from './pin-entry.ts';
import { signingExchange, signingTriesLeft } from './signing.ts';

type Pcsclite = typeof import('pcsclite');
type Context = ReturnType<Pcsclite>;
type Reader = Parameters<Parameters<Context['once']>[1]>[0];

/** The level that PC/SC reported, and when. */
interface Level {
  readonly state: number;
  readonly sensedAt: number;
}

/** A reader under watch. `latest` keeps the level until somebody listens; only the newest one counts. */
interface Watch {
  readonly name: string;
  readonly talker: NativeReader;
  latest: Level | undefined;
  onLevel: ((level: Level) => void) | undefined;
}

/** A card that is powered off politely; one that is mute must not keep the daemon from ending. */
const CLOSE_MS_MAX = 500;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('survived SIGKILL');
}

function tell(message: FromCardProcess): void {
  // Undeliverable only when the daemon is gone, and then `disconnect` ends this process.
  process.send?.(message, undefined, {}, () => undefined);
}

/** Says why, and waits to be killed: what this process holds of PC/SC is beyond repair. */
function lose(error: ReaderLost): void {
  tell({ is: 'lost', reason: error.message });
}

async function loadPcsclite(): Promise<Pcsclite> {
  try {
    return (await import('pcsclite')).default;
  } catch (error) {
    throw new ReaderLost(
      'npm pcsclite is not there or can not be loaded; it is built by npm ci with g++, make and libpcsclite-dev',
      { cause: error },
    );
  }
}

function establishContext(pcsclite: Pcsclite): Context {
  try {
    return pcsclite();
  } catch (error) {
    throw new ReaderLost(`pcscd does not answer (${fromPcsc(error).message})`, { cause: error });
  }
}

/** The first reader whose name begins with the one asked for. */
function findReader(context: Context, { reader, limits }: CardProcessOptions): Promise<Watch> {
  const found = Promise.withResolvers<Watch>();
  const names: string[] = [];
  const timer = setTimeout(() => {
    const wanted = reader === '' ? 'no reader' : `no reader whose name begins with "${reader}"`;
    const others = names.length === 0 ? 'there is none' : `there are: ${names.join(', ')}`;
    found.reject(new ReaderLost(`${wanted}; ${others}`));
  }, limits.readerMs);
  context.on('reader', (candidate) => {
    // A listener that is missing makes npm pcsclite end the process, also for a reader nobody uses.
    candidate.on('error', () => undefined);
    names.push(candidate.name);
    if (!candidate.name.startsWith(reader)) return;
    clearTimeout(timer);
    found.resolve(watch(candidate));
  });
  return found.promise;
}

function watch(reader: Reader): Watch {
  // A second object for the same reader, never told to watch, so that its mutex is the APDUs' alone.
  const CardReader = reader.constructor as new (name: string) => NativeReader;
  const watched: Watch = {
    name: reader.name,
    talker: new CardReader(reader.name),
    latest: undefined,
    onLevel: undefined,
  };
  reader.on('status', ({ state }) => {
    watched.latest = { state, sensedAt: monotonicNow() };
    watched.onLevel?.(watched.latest);
  });
  reader.on('error', (error) => {
    lose(new ReaderLost(`the reader failed (${fromPcsc(error).message})`));
  });
  reader.on('end', () => lose(new ReaderLost('the reader was unplugged')));
  return watched;
}

function failure(request: number, error: unknown, pin: PinFate): FromCardProcess {
  const failed = { is: 'failed', request, pin } as const;
  if (error instanceof CardError) {
    return { ...failed, fault: error.fault, detail: error.message };
  }
  if (!(error instanceof ReaderLost)) throw error;
  lose(error);
  return { ...failed, fault: 'card-removed', detail: error.message };
}

/** Who waits for the institution's signature, by request. */
const answers = new Map<number, (signature: Uint8Array | null) => void>();

/** Tells what came of a request, good or bad. */
async function reply(
  request: number,
  work: Promise<FromCardProcess>,
  pin: () => PinFate = () => 'not-sent',
): Promise<void> {
  let message: FromCardProcess;
  try {
    message = await work;
  } catch (error) {
    message = failure(request, error, pin());
  }
  tell(message);
}

async function identify(taps: Taps, request: number, tap: Tap): Promise<FromCardProcess> {
  return { is: 'identified', request, identity: await taps.identify(tap) };
}

async function prove(
  taps: Taps,
  { request, tap, proof }: Extract<ToCardProcess, { do: 'prove' }>,
): Promise<FromCardProcess> {
  const ask = (challenge: Uint8Array): Promise<Uint8Array | null> => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array | null>();
    answers.set(request, resolve);
    tell({ is: 'challenged', request, challenge });
    return promise;
  };
  try {
    return { is: 'proved', request, proved: await taps.prove(tap, proof, ask) };
  } finally {
    answers.delete(request);
  }
}

async function countTries(taps: Taps, request: number, tap: Tap): Promise<FromCardProcess> {
  return { is: 'tries-counted', request, triesLeft: await taps.ask(tap, pinTriesLeft) };
}

/** A request is carried out once, as it comes; nothing here keeps one, so nothing can send its PIN again. */
async function provePin(
  taps: Taps,
  { request, tap, proof, stopAt }: Extract<ToCardProcess, { do: 'prove-pin' }>,
  entry: PinEntry,
): Promise<FromCardProcess> {
  const talk = (card: Transmit, certificate: Uint8Array) =>
    pinExchange(card, proof, certificate, entry);
  const answered = await entry.during(() => taps.afterReading(tap, stopAt, talk));
  return { is: 'pin-answered', request, answered };
}

async function countSigningTries(taps: Taps, request: number, tap: Tap): Promise<FromCardProcess> {
  const triesLeft = await taps.ask(tap, signingTriesLeft);
  return { is: 'signing-tries-counted', request, triesLeft };
}

/** Carried out once, as a PIN is. */
async function sign(
  taps: Taps,
  { request, tap, signing, stopAt }: Extract<ToCardProcess, { do: 'sign' }>,
  entry: PinEntry,
): Promise<FromCardProcess> {
  const talk = (card: Transmit, certificate: Uint8Array) =>
    signingExchange(card, signing, certificate, entry);
  const answered = await entry.during(() => taps.afterReading(tap, stopAt, talk));
  return { is: 'sign-answered', request, answered };
}

function obey(taps: Taps, message: ToCardProcess): void {
  switch (message.do) {
    case 'ping':
      tell({ is: 'pong' });
      return;
    case 'identify':
      void reply(message.request, identify(taps, message.request, message.tap));
      return;
    case 'prove':
      void reply(message.request, prove(taps, message));
      return;
    case 'count-tries':
      void reply(message.request, countTries(taps, message.request, message.tap));
      return;
    case 'prove-pin': {
      const entry = new PinEntry(readSecret(), PIN_FORM);
      void reply(message.request, provePin(taps, message, entry), () => entry.fate);
      return;
    }
    case 'count-signing-tries':
      void reply(message.request, countSigningTries(taps, message.request, message.tap));
      return;
    case 'sign': {
      const entry = new PinEntry(readSecret(), PASSWORD_FORM);
      void reply(message.request, sign(taps, message, entry), () => entry.fate);
      return;
    }
    case 'answer':
      answers.get(message.request)?.(message.signature);
      return;
    case 'close':
      setTimeout(die, CLOSE_MS_MAX);
      void taps.close().finally(die);
      return;
  }
}

async function serve(options: CardProcessOptions): Promise<void> {
  const context = establishContext(await loadPcsclite());
  context.on('error', (error) => {
    const { message } = fromPcsc(error);
    lose(new ReaderLost(`pcscd ended (${message})`));
  });
  const watched = await findReader(context, options);
  const line = new CardLine(watched.talker, options.limits, lose);
  await line.warmUp();
  await rehearse();
  const taps = new Taps(line, options.limits, tell, lose);
  process.on('message', (message) => obey(taps, message as ToCardProcess));
  tell({ is: 'ready', reader: watched.name });
  // This process never comes to an orderly end, at which Node would keep what it compiled.
  flushCompileCache();
  watched.onLevel = ({ state, sensedAt }) => taps.onLevel(state, sensedAt);
  if (watched.latest !== undefined) watched.onLevel(watched.latest);
}

process.on('disconnect', die);
try {
  await serve(JSON.parse(process.argv[2] ?? '') as CardProcessOptions);
} catch (error) {
  if (!(error instanceof ReaderLost)) throw error;
  lose(error);
}
