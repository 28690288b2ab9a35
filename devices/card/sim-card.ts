/**
 * A virtual My Number Card that answers real APDUs (ISO/IEC 7816-4). It serves the in-process reader and, through
 * vpcd, the real pcscd, where OpenSC takes it for a JPKI card.
 *
 * Modelled, not real: the keys and certificates, all times, and what public sources don't say. 特定機関認証 is missing:
 * `80 A2` gets 6E00 as on a card without it.
 */

import { constants, privateEncrypt, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { INS, SW } from './apdu.ts';
import type { CardDefinition, CardTiming } from './sim-card-definition.ts';
import {
  type Application,
  applicationsOf,
  type ElementaryFile,
  type ReferenceData,
} from './sim-card-files.ts';

export {
  CARD_DEFINITION,
  type CardDefinition,
  type CardFaults,
  type CardTiming,
} from './sim-card-definition.ts';

/** Published ATRs of the contactless card, of an Android phone's card emulation, and of a FeliCa card. */
const ATR = {
  'my-number': '3B888001000005E0B381A1007F',
  phone: '3B80800101',
  transit: '3B8F8001804F0CA00000030611003B0000000042',
} as const;

/** The card is gone from the field; whoever holds it takes it away when it sees this. */
export class SimCardLeft extends Error {}

const INSTANT: CardTiming = { bitRate: 0, perApduMs: 0, signatureMs: 0 };
const MODULUS_BYTES = 256;
/** RFC 8017 9.2: at least 11 bytes of PKCS#1 v1.5 padding. */
const SIGNATURE_INPUT_MAX = MODULUS_BYTES - 11;

interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  readonly data: Uint8Array;
  /** Bytes asked for, 256 for Le 00; null when there is no Le. */
  readonly le: number | null;
}

export class SimCard {
  readonly atr: Uint8Array;
  readonly #definition: CardDefinition;
  readonly #applications: readonly Application[];
  readonly #clock: ModelledClock;
  #selected: Application | null = null;
  #file: ElementaryFile | null = null;
  #signed = false;
  #commands = 0;
  /** Ends with the power; null while there is none. */
  #power: PromiseWithResolvers<never> | null = null;

  /** Throws when a private key in the definition is not PKCS#8 PEM. */
  constructor(definition: CardDefinition) {
    this.#definition = definition;
    this.#applications = applicationsOf(definition);
    this.atr = Buffer.from(definition.atr ?? ATR[definition.kind], 'hex');
    this.#clock = new ModelledClock(definition.timing ?? INSTANT);
  }

  get isPowered(): boolean {
    return this.#power !== null;
  }

  /** Power, or a cold reset when it is there already. Retry counters outlive it. */
  powerOn(): void {
    this.powerOff();
    this.#power = Promise.withResolvers<never>();
    this.#power.promise.catch(() => undefined);
    this.#commands = 0;
  }

  /** Ends the security status, and whatever command is under way. */
  powerOff(): void {
    this.#power?.reject(new Error('the card lost power'));
    this.#power = null;
    this.reset();
    for (const reference of this.#references()) reference.verified = false;
  }

  /** Warm reset: nothing is selected any more, but what was verified stays verified. */
  reset(): void {
    this.#selected = null;
    this.#file = null;
  }

  /**
   * Answers one command APDU. Rejects without power, when power ends meanwhile, and with `SimCardLeft` for a card that
   * leaves by a fault.
   */
  async transmit(bytes: Uint8Array): Promise<Uint8Array> {
    const power = this.#power;
    if (power === null) throw new Error('the card has no power');
    return Promise.race([power.promise, this.#answer(bytes)]);
  }

  async #answer(bytes: Uint8Array): Promise<Uint8Array> {
    const startedAt = performance.now();
    const count = this.#commands;
    this.#commands += 1;
    const faults = this.#definition.faults ?? {};
    if (count === faults.removedAfter) throw new SimCardLeft('the card left the field');
    if (count >= (faults.muteAfter ?? Number.POSITIVE_INFINITY)) return new Promise(() => {});
    if (count >= (faults.emptyAfter ?? Number.POSITIVE_INFINITY)) return new Uint8Array();
    this.#signed = false;
    const response = this.#faulty(bytes, count) ?? this.#respond(bytes);
    await this.#clock.spend(bytes.length + response.length, this.#signed, startedAt);
    return response;
  }

  /** Null: this command is answered as by a card without faults. */
  #faulty(bytes: Uint8Array, count: number): Uint8Array | null {
    const { failsFirst, statusWords, endless61, endless6c, readSurplus } =
      this.#definition.faults ?? {};
    const ins = bytes[1] ?? 0;
    const reads = ins === INS.readBinary;
    if (failsFirst && count === 0) return status(SW.noPreciseDiagnosis);
    const word = statusWords?.[ins.toString(16).padStart(2, '0')];
    if (word !== undefined) return Buffer.from(word, 'hex');
    if (endless61 && (reads || ins === INS.getResponse)) return Uint8Array.of(0x30, 0x61, 0x01);
    if (endless6c && reads) return status(0x6c00 | (((bytes[4] ?? 0) + 1) & 0xff));
    if (readSurplus && reads) {
      const normal = this.#respond(bytes);
      const data = Buffer.alloc(Math.max(0, normal.length - 2 + readSurplus));
      data.set(normal.subarray(0, Math.min(normal.length - 2, data.length)));
      return Buffer.concat([data, normal.subarray(-2)]);
    }
    return null;
  }

  #respond(bytes: Uint8Array): Uint8Array {
    const command = parseCommand(bytes);
    if (command === null) return status(SW.wrongLength);
    switch ((command.cla << 8) | command.ins) {
      case INS.select:
        return this.#select(command);
      case INS.readBinary:
        return this.#readBinary(command);
      case INS.verify:
        return this.#verify(command);
      case INS.getChallenge:
        return command.le === null ? status(SW.wrongLength) : ok(randomBytes(command.le));
      case 0x8000 | INS.performSecurityOperation:
        return this.#sign(command);
      case 0x80a2:
        return status(0x6e00);
      default:
        return status(refusalOfClass(command.cla));
    }
  }

  #select({ p1, p2, data }: Command): Uint8Array {
    if (p1 === 0x00) return this.#selectMasterFile(p2, data);
    if (p1 === 0x04) return this.#selectApplication(data);
    if (p1 !== 0x02) return status(0x6a86);
    if (data.length !== 2) return status(SW.wrongLength);
    const file = this.#selected?.files.get(Buffer.from(data).readUInt16BE());
    if (file === undefined) return status(SW.fileNotFound);
    this.#file = file;
    return status(SW.ok);
  }

  /** The master file can't be selected by its identifier, and without one only from inside an application. */
  #selectMasterFile(p2: number, data: Uint8Array): Uint8Array {
    if (data.length > 0) return status(SW.fileNotFound);
    if (p2 !== 0x00 || this.#selected === null) return status(0x6a86);
    this.reset();
    return status(SW.ok);
  }

  #selectApplication(aid: Uint8Array): Uint8Array {
    // ISO 7816-4 8.2.1.2: the registered provider (5 bytes) at least; a truncated AID selects the first that matches.
    const found =
      aid.length < 5
        ? undefined
        : this.#applications.find((each) => each.aid.subarray(0, aid.length).equals(aid));
    if (found === undefined) return status(SW.fileNotFound);
    // Selecting anew is how software logs out; after a reset nothing was selected, and what was verified stays so.
    if (this.#selected !== null) {
      for (const reference of this.#references()) reference.verified = false;
    }
    this.#selected = found;
    this.#file = null;
    return status(SW.ok);
  }

  #readBinary({ p1, p2, le }: Command): Uint8Array {
    if (le === null) return status(SW.wrongLength);
    const short = p1 >= 0x80;
    const file = short ? this.#byShortIdentifier(p1 & 0x7f) : this.#file;
    if (file === null) return status(short ? SW.fileNotFound : 0x6986);
    if (file.type !== 'transparent') return status(0x6981);
    if (file.access === 'never' || file.access?.verified === false) {
      return status(SW.securityStatusNotSatisfied);
    }
    const offset = short ? p2 : (p1 << 8) | p2;
    if (offset > file.content.length) return status(0x6b00);
    const data = file.content.subarray(offset, offset + le);
    // Le 00 asks for what there is, up to 256 (ISO 7816-4 5.2).
    return data.length === le || le === 256 ? ok(data) : Buffer.concat([data, status(0x6282)]);
  }

  #verify({ p1, p2, data }: Command): Uint8Array {
    if (p1 !== 0x00) return status(0x6a86);
    const file = this.#byReference(p2);
    if (typeof file === 'number') return status(file);
    if (file.type !== 'pin') return status(file.type === 'key' ? 0x6981 : 0x6a88);
    const { reference } = file;
    // The empty VERIFY only asks, and always gets the counter, also straight after a good one.
    if (data.length === 0) return status(0x63c0 | reference.left);
    if (reference.left === 0) return status(0x6984);
    return status(reference.verify(data) ? SW.ok : 0x63c0 | reference.left);
  }

  /** COMPUTE DIGITAL SIGNATURE: raw PKCS#1 v1.5 over what is given, which is why the caller brings the DigestInfo. */
  #sign({ p1, p2, data, le }: Command): Uint8Array {
    if (p1 !== 0x00) return status(0x6a86);
    const file = this.#byReference(p2);
    if (typeof file === 'number') return status(file);
    if (file.type !== 'key') return status(0x6981);
    if (!file.access.verified) return status(SW.securityStatusNotSatisfied);
    if (data.length < 1 || data.length > SIGNATURE_INPUT_MAX || le === null) {
      return status(SW.wrongLength);
    }
    this.#signed = true;
    return ok(privateEncrypt({ key: file.key, padding: constants.RSA_PKCS1_PADDING }, data));
  }

  /** P2 80: the current file; 81 to 9E: short EF identifier. A number is the status word that refuses. */
  #byReference(p2: number): ElementaryFile | number {
    if (p2 === 0x80) return this.#file ?? 0x6986;
    if (p2 < 0x80) return 0x6a86;
    return this.#byShortIdentifier(p2 & 0x7f) ?? 0x6a88;
  }

  /** Becomes the current file, as after SELECT (ISO 7816-4 7.2.1). */
  #byShortIdentifier(identifier: number): ElementaryFile | null {
    const file = identifier > 0x1e ? undefined : this.#selected?.files.get(identifier);
    if (file !== undefined) this.#file = file;
    return file ?? null;
  }

  *#references(): Generator<ReferenceData> {
    for (const { files } of this.#applications) {
      for (const file of files.values()) if (file.type === 'pin') yield file.reference;
    }
  }
}

/** Cases 1 to 4 of a short APDU (ISO 7816-4 5.1); null for any other length. */
function parseCommand(bytes: Uint8Array): Command | null {
  const [cla = 0, ins = 0, p1 = 0, p2 = 0, third = 0] = bytes;
  const header = { cla, ins, p1, p2 };
  if (bytes.length < 4) return null;
  if (bytes.length === 4) return { ...header, data: new Uint8Array(), le: null };
  if (bytes.length === 5) return { ...header, data: new Uint8Array(), le: third || 256 };
  const end = 5 + third;
  const data = bytes.subarray(5, end);
  if (third === 0) return null;
  if (bytes.length === end) return { ...header, data, le: null };
  return bytes.length === end + 1 ? { ...header, data, le: (bytes[end] ?? 0) || 256 } : null;
}

/** Why nothing of this class and instruction is done (ISO 7816-4 5.4.1). */
function refusalOfClass(cla: number): number {
  if (cla === 0x00 || cla === 0x80) return 0x6d00;
  if ((cla & 0xfc) === 0x00) return 0x6881;
  if ((cla & 0xf3) === 0x00) return 0x6882;
  return 0x6e00;
}

function status(sw: number): Uint8Array {
  return Uint8Array.of(sw >> 8, sw & 0xff);
}

function ok(data: Uint8Array): Uint8Array {
  return Buffer.concat([data, status(SW.ok)]);
}

/** Late wake-ups are made good by later waits, but no more than this at once. */
const CREDIT_MAX_MS = 10;

/**
 * Waits out the modelled time. Timers are coarse (1 ms and more), so what was waited too long or too short is carried
 * over to the next command: the sum over a tap is right to about a millisecond.
 */
class ModelledClock {
  readonly #timing: CardTiming;
  #owed = 0;

  constructor(timing: CardTiming) {
    this.#timing = timing;
  }

  /** `bytes`: both directions. `startedAt`: when the command came, so that computing counts as waiting. */
  async spend(bytes: number, signed: boolean, startedAt: number): Promise<void> {
    const { bitRate, perApduMs, signatureMs } = this.#timing;
    // kbit/s are bits per millisecond.
    const transfer = bitRate === 0 ? 0 : (bytes * 8) / bitRate;
    const cost = transfer + perApduMs + (signed ? signatureMs : 0);
    if (cost === 0) return;
    const due = this.#owed + cost;
    const wait = Math.floor(due - (performance.now() - startedAt));
    if (wait >= 1) await delay(wait);
    this.#owed = Math.max(-CREDIT_MAX_MS, due - (performance.now() - startedAt));
  }
}
