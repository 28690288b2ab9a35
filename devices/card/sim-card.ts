/**
 * A virtual My Number Card that answers real APDUs (ISO/IEC 7816-4). It serves the in-process reader and, through
 * vpcd, the real pcscd, where OpenSC takes it for a JPKI card.
 *
 * Modelled, not real: the keys and certificates, all times, and what public sources don't say, of 特定機関認証 nearly all
 * (sim-card-institution.ts). A card whose definition has no key for it answers as one without that feature.
 */

import { constants, privateEncrypt, randomBytes, sign } from 'node:crypto';
import { INS, SW } from './apdu.ts';
import { ModelledClock } from './sim-card-clock.ts';
import { type Command, ok, parseCommand, refusalOfClass, status } from './sim-card-commands.ts';
import type { CardDefinition, CardTiming, TriesLeft } from './sim-card-definition.ts';
import {
  type Application,
  applicationsOf,
  EF,
  type ElementaryFile,
  type ReferenceData,
} from './sim-card-files.ts';
import { InstitutionAuthentication } from './sim-card-institution.ts';
import { interposed } from './sim-card-interposer.ts';

export {
  CARD_DEFINITION,
  type CardDefinition,
  type CardFaults,
  type CardTiming,
  type TriesLeft,
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

const EXTENDED_LE_MAX = 65_536;

/** The commands of 特定機関認証, class and instruction; SELECT of the key's file is one of its steps, too. */
const STEP = {
  certificate: 0x8000 | INS.presentCertificate,
  challenge: INS.getChallenge,
  authenticate: INS.externalAuthenticate,
  sign: 0x8000 | INS.performSecurityOperation,
} as const;
const STEPS: readonly number[] = Object.values(STEP);
/** The two whose data can be longer than a short APDU. */
const CHAINABLE: readonly number[] = [STEP.certificate, STEP.authenticate];

/** Class bit 5: not the last command of a chain (ISO 7816-4 5.3.3). */
const CHAINED = 0x10;
/** Longer than anything that is ever chained. */
const CHAIN_BYTES_MAX = 1024;

/** The beginning of a command that comes in parts. */
type Chain = Pick<Command, 'cla' | 'ins' | 'p1' | 'p2' | 'data'>;

export class SimCard {
  readonly atr: Uint8Array;
  readonly #definition: CardDefinition;
  readonly #applications: readonly Application[];
  readonly #clock: ModelledClock;
  /** Null on a card without 特定機関認証. */
  readonly #institution: InstitutionAuthentication | null;
  #selected: Application | null = null;
  #file: ElementaryFile | null = null;
  #chain: Chain | null = null;
  #signed = false;
  #commands = 0;
  /** Ends with the power; null while there is none. */
  #power: PromiseWithResolvers<never> | null = null;

  /** Throws when a private key in the definition is not PKCS#8 PEM, or the authority's key not that of EF 0016. */
  constructor(definition: CardDefinition) {
    this.#definition = definition;
    this.#applications = applicationsOf(definition);
    const authorityKey = this.#applications[0]?.files.get(EF.authorityKey);
    this.#institution =
      authorityKey?.type === 'transparent'
        ? new InstitutionAuthentication(authorityKey.content)
        : null;
    this.atr = Buffer.from(definition.atr ?? ATR[definition.kind], 'hex');
    this.#clock = new ModelledClock(definition.timing ?? INSTANT);
  }

  get isPowered(): boolean {
    return this.#power !== null;
  }

  get triesLeft(): TriesLeft {
    const [pin, password] = [EF.userPin, EF.signPassword].map((ef) =>
      this.#applications[0]?.files.get(ef),
    );
    if (pin?.type !== 'pin' || password?.type !== 'pin') return {};
    return { pinTriesLeft: pin.reference.left, passwordTriesLeft: password.reference.left };
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
    this.#chain = null;
    this.#institution?.end();
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
    const { faults = {}, userPrivateKey = '' } = this.#definition;
    const { failsFirst, statusWords, endless61, endless6c, readSurplus } = faults;
    const ins = bytes[1] ?? 0;
    const reads = ins === INS.readBinary;
    if (failsFirst && count === 0) return status(SW.noPreciseDiagnosis);
    const word = statusWords?.[ins.toString(16).padStart(2, '0')];
    if (word !== undefined) return Buffer.from(word, 'hex');
    if (faults.interposed) return interposed(bytes, userPrivateKey);
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
    const chain = this.#chain;
    this.#chain = null;
    const command = parseCommand(bytes);
    const goesOn = chain !== null && command !== null && continues(chain, command);
    if (chain !== null && !goesOn) this.#institution?.end();
    const response =
      command === null ? status(SW.wrongLength) : this.#obey(command, goesOn ? chain : null);
    const isOk = response.at(-2) === SW.ok >> 8;
    if (!isOk && isStep(bytes)) this.#institution?.end();
    return response;
  }

  /** Gathers a chain; `begun`: what came of it already. */
  #obey(command: Command, begun: Chain | null): Uint8Array {
    if (command.extended && !this.#takesExtended(command)) return status(SW.wrongLength);
    const data = begun === null ? command.data : Buffer.concat([begun.data, command.data]);
    const isPart = command.cla === CHAINED || command.cla === (0x80 | CHAINED);
    if (!isPart) return this.#perform({ ...command, data });
    const whole = { ...command, cla: command.cla & ~CHAINED, data };
    const isChainable = this.#institution !== null && CHAINABLE.includes(instructionOf(whole));
    if (!isChainable) {
      return instructionOf(whole) === STEP.certificate ? this.#perform(whole) : status(0x6884);
    }
    // Too long for any command: it is refused as a whole one of that length would be.
    if (data.length > CHAIN_BYTES_MAX) return this.#perform(whole);
    this.#chain = whole;
    return status(SW.ok);
  }

  /** Extended length is for the commands of 特定機関認証. */
  #takesExtended(command: Command): boolean {
    if (this.#institution === null) return instructionOf(command) === STEP.certificate;
    return hasStep(command);
  }

  #perform(command: Command): Uint8Array {
    switch (instructionOf(command)) {
      case INS.select:
        return this.#select(command);
      case INS.readBinary:
        return this.#readBinary(command);
      case INS.verify:
        return this.#verify(command);
      case STEP.challenge:
        return this.#getChallenge(command);
      case STEP.sign:
        return this.#sign(command);
      case STEP.certificate:
        return this.#showCertificate(command);
      case STEP.authenticate:
        return this.#authenticate(command);
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
    this.#institution?.end();
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

  #getChallenge({ p1, p2, le }: Command): Uint8Array {
    if (p1 !== 0x00 || p2 !== 0x00) return status(0x6a86);
    if (this.#institution !== null) return this.#institution.challenge(le);
    return le === null ? status(SW.wrongLength) : ok(randomBytes(le));
  }

  #showCertificate({ p1, p2, data }: Command): Uint8Array {
    const institution = this.#institution;
    if (institution === null) return status(0x6e00);
    if (!this.#selected?.files.has(EF.authorityKey)) return status(0x6985);
    if (p2 !== 0xc1) return status(0x6a86);
    if (p1 === 0x06) return institution.showCertificate(data);
    return p1 === 0x00 ? institution.showSignature(data) : status(0x6a86);
  }

  #authenticate({ p1, p2, data }: Command): Uint8Array {
    if (this.#institution === null) return status(0x6d00);
    if (p1 !== 0x00 || p2 !== 0x00) return status(0x6a86);
    return this.#institution.authenticate(data);
  }

  /**
   * COMPUTE DIGITAL SIGNATURE, PKCS#1 v1.5. P1 00: raw over what is given, so the caller brings the DigestInfo; 03: the
   * card hashes with SHA-256 and makes the DigestInfo itself.
   */
  #sign(command: Command): Uint8Array {
    if (this.#institution?.isGranted) return this.#signUnderGrant(command, this.#institution);
    const { p1, p2, data, le } = command;
    if (p1 !== 0x00 && p1 !== 0x03) return status(0x6a86);
    const file = this.#byReference(p2);
    if (typeof file === 'number') return status(file);
    if (file.type !== 'key') return status(0x6981);
    if (!file.access.verified) return status(SW.securityStatusNotSatisfied);
    const isTooLong = p1 === 0x00 && data.length > SIGNATURE_INPUT_MAX;
    if (data.length < 1 || isTooLong || le === null) return status(SW.wrongLength);
    this.#signed = true;
    return ok(
      p1 === 0x03
        ? sign('sha256', data, file.key)
        : privateEncrypt({ key: file.key, padding: constants.RSA_PKCS1_PADDING }, data),
    );
  }

  /** A grant is for one message of one form, under one key; whatever else is asked for costs the grant. */
  #signUnderGrant(
    { p1, p2, data, le }: Command,
    institution: InstitutionAuthentication,
  ): Uint8Array {
    const file = this.#file;
    const isKey = file?.type === 'key' && file === this.#selected?.files.get(EF.userKey);
    const isForm = p1 === 0x03 && p2 === 0x80 && (le === MODULUS_BYTES || le === EXTENDED_LE_MAX);
    if (!isKey || !isForm || !institution.spend(data)) return status(0x6985);
    this.#signed = true;
    const { replay } = this.#definition.faults ?? {};
    return ok(
      replay === undefined ? sign('sha256', data, file.key) : Buffer.from(replay, 'base64'),
    );
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

/** Class and instruction as one number. */
function instructionOf({ cla, ins }: Pick<Command, 'cla' | 'ins'>): number {
  return (cla << 8) | ins;
}

/** Whether this is the next part, or the last one, of that chain. */
function continues(chain: Chain, command: Command): boolean {
  const sameClass = (command.cla & ~CHAINED) === chain.cla;
  return (
    sameClass && command.ins === chain.ins && command.p1 === chain.p1 && command.p2 === chain.p2
  );
}

/** Whether a refusal of this ends what an institution has reached. */
function isStep(bytes: Uint8Array): boolean {
  const [cla = 0, ins = 0, p1 = 0] = bytes;
  const selectsKey = bytes.at(-2) === EF.userKey >> 8 && bytes.at(-1) === EF.userKey;
  return hasStep({ cla, ins }) || (cla === 0 && ins === INS.select && p1 === 0x02 && selectsKey);
}

function hasStep({ cla, ins }: Pick<Command, 'cla' | 'ins'>): boolean {
  return STEPS.includes(instructionOf({ cla: cla & ~CHAINED, ins }));
}
