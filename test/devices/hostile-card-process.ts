/**
 * Everything that a terminal does with a card, done with cards that answer to do harm, in a process of its own, so that the
 * most memory it ever had can be told. One JSON line a card.
 */

import type { Transmit } from '../../devices/card/apdu.ts';
import { CardError } from '../../devices/card/card.ts';
import { readUserCertificate } from '../../devices/card/jpki-card.ts';
import { pinExchange, pinTriesLeft } from '../../devices/card/pin.ts';
import { PASSWORD_FORM, PinEntry } from '../../devices/card/pin-entry.ts';
import { type PossessionRequest, possessionExchange } from '../../devices/card/possession.ts';
import { signingExchange, signingTriesLeft } from '../../devices/card/signing.ts';

const KIB_A_MIB = 1024;
/** As much as an extended response carries, and as the card stack hands over. */
const LONGEST = 65_536;

const answer = (data: Uint8Array, sw: string) => Buffer.concat([data, Buffer.from(sw, 'hex')]);
const filled = (bytes: number, sw: string) => answer(Buffer.alloc(bytes, 0x30), sw);
const always = (response: Buffer) => () => response;

const LABEL = Buffer.from('JPKIAPICCTOKEN2 ', 'latin1');
const isOfLabel = (command: Uint8Array) => command[1] === 0xb0 && command[2] === 0x86;

/** What it answers to the command of this number. */
const CARDS: Readonly<Record<string, (count: number, command: Uint8Array) => Uint8Array>> = {
  'answers with 64 KB': always(filled(LONGEST, '9000')),
  'answers with 64 KB and more to come': always(filled(LONGEST, '61FF')),
  'answers with 64 KB of nothing but status words': always(Buffer.alloc(LONGEST, 0x90)),
  'has always more to come': always(answer(Buffer.alloc(0), '6100')),
  'has always more to come, with as much as fits': always(filled(256, '6100')),
  'has always more to come, an octet at a time': always(filled(1, '6101')),
  'always wants another length': always(answer(Buffer.alloc(0), '6C10')),
  'wants another length, and then another': (count) => Buffer.from([0x6c, count & 0xff]),
  'has more to come and wants another length, by turns': (count) =>
    count % 2 === 0 ? Buffer.from('6C00', 'hex') : filled(200, '6100'),
  'answers with nothing': always(Buffer.alloc(0)),
  'answers with half a status word': always(Buffer.alloc(1, 0x90)),
  'says yes to everything': always(answer(Buffer.alloc(0), '9000')),
  'gives as much as was asked for, of zeros': (_count, command) =>
    answer(Buffer.alloc(command.at(-1) || 256), '9000'),
  'has a certificate of 64 KB': (_count, command) =>
    answer(isOfLabel(command) ? LABEL : Buffer.from('3082FFFF'.padEnd(500, '0'), 'hex'), '9000'),
  'has a certificate that ends in its middle': (_count, command) => {
    if (isOfLabel(command)) return answer(LABEL, '9000');
    const begins = command[2] === (0x80 | 0x0a) ? '30820800'.padEnd(500, '0') : '';
    return answer(Buffer.from(begins, 'hex'), command[1] === 0xb0 ? '6282' : '9000');
  },
};

const REQUEST: PossessionRequest & { before: Uint8Array; after: Uint8Array } = {
  certificate: Buffer.alloc(307),
  signature: Buffer.alloc(261),
  message: Buffer.alloc(76),
  before: Buffer.alloc(76),
  after: Buffer.alloc(32),
};

/** By what a terminal does, how it ended. */
const DEEDS: Readonly<Record<string, (card: Transmit) => Promise<unknown>>> = {
  read: readUserCertificate,
  prove: (card) => possessionExchange(card, REQUEST, REQUEST.message, async () => REQUEST.message),
  tries: pinTriesLeft,
  pin: (card) => pinExchange(card, REQUEST, REQUEST.message, new PinEntry(Buffer.from('1234'))),
  signingTries: signingTriesLeft,
  sign: (card) => {
    const entry = new PinEntry(Buffer.from('ABC123'), PASSWORD_FORM);
    const { message } = REQUEST;
    return signingExchange(card, { authCertificate: message, message }, message, entry);
  },
};

async function endOf(deed: (card: Transmit) => Promise<unknown>, card: Transmit): Promise<string> {
  try {
    return typeof (await deed(card)) === 'number' ? 'a number' : 'an answer';
  } catch (error) {
    if (error instanceof CardError) return error.fault;
    throw error;
  }
}

async function met(answers: (count: number, command: Uint8Array) => Uint8Array) {
  let commands = 0;
  const ends: Record<string, string> = {};
  for (const [name, deed] of Object.entries(DEEDS)) {
    const card: Transmit = async (command) => {
      commands += 1;
      return answers(commands, command);
    };
    ends[name] = await endOf(deed, card);
  }
  return { ends, commands };
}

const mostMemory = () => process.resourceUsage().maxRSS / KIB_A_MIB;

// What the first costs is code, not what it was given.
await met(always(answer(Buffer.alloc(0), '6A82')));
for (const [card, answers] of Object.entries(CARDS)) {
  const [before, startedAt] = [mostMemory(), performance.now()];
  const found = await met(answers);
  const [ms, mib] = [performance.now() - startedAt, mostMemory() - before];
  process.stdout.write(`${JSON.stringify({ card, ...found, ms, mib })}\n`);
}
