/**
 * Everything that reads bytes from outside, each with samples of what is right. A decoder takes what it is given or
 * refuses it as it says it does; anything else that is thrown is a defect.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CardError } from '../../devices/card/card.ts';
import { readUserCertificate } from '../../devices/card/jpki-card.ts';
import { PossessionProof, possessionExchange } from '../../devices/card/possession.ts';
import { SimCard } from '../../devices/card/sim-card.ts';
import {
  decodeMessage,
  encodeMessage,
  GROUP,
  IppMessageError,
  TAG,
} from '../../devices/page/ipp-message.ts';
import {
  encodeAnswer,
  encodeAsk,
  FrameReader,
  parseAnswer,
  parseAsk,
} from '../../devices/payment/payment-frames.ts';
import { ReplyParser } from '../../devices/receipt/escpos-replies.ts';
import { writeCap } from '../../platform-sim/alerts/cap-writer.ts';
import { DerError } from '../../platform-sim/der.ts';
import { judgeApplication } from '../../platform-sim/signed-application.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { readSigningCertificate } from '../../platform-sim/signing-certificate.ts';
import { readSigned, UnfitError } from '../../platform-sim/x509-reader.ts';
import { AlertError } from '../../src/alerts/alert-error.ts';
import { readMessage } from '../../src/alerts/message.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { readInstitutionCertificate } from '../../src/domain/institution-certificate.ts';
import { decodeDelta, patchedChunk } from '../../src/link/chunk-patch.ts';
import {
  decodeChunk,
  ENTRY_LIST_MANIFEST,
  encodeChunk,
  HEAD,
  INSTITUTION_MANIFEST,
  PLATFORM_FRAME,
  TERMINAL_FRAME,
  TRUST_MANIFEST,
} from '../../src/link/protocol.ts';
import { Rejection } from '../../src/link/rejection.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { SignedObjectError } from '../../src/pki/cms-signed-data.ts';
import { X509Error } from '../../src/pki/der.ts';
import { judgeOcsp } from '../../src/pki/ocsp.ts';
import { validatePath } from '../../src/pki/path-validation.ts';
import { openRoot } from '../../src/pki/root-object.ts';
import { certifiedBy, openSignedObject } from '../../src/pki/signed-object.ts';
import { parseFrame } from '../../src/screen/from-browser.ts';
import { draft, next } from '../alerts/drafts.ts';
import { institutionOf } from '../devices/institution-fixture.ts';
import { DEFINITION, INSTITUTION } from '../devices/institution-rig.ts';
import { delta, patch, row } from '../link/deltas.ts';
import { authority, issue, load, NOW, revoking } from '../pki/cards.ts';
import { answerTo, HONEST, questionAbout } from '../pki/ocsp-cases.ts';
import { ApplicationRig } from '../platform/application-rig.ts';

export interface Decoder {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Returns or resolves for what was taken, and for what was refused as it should be. */
  readonly decode: (bytes: Uint8Array) => unknown;
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** What a decoder says it throws is an answer. */
function refusing(decode: (bytes: Uint8Array) => unknown, ...expected: readonly ErrorClass[]) {
  return async (bytes: Uint8Array): Promise<void> => {
    try {
      await decode(bytes);
    } catch (error) {
      if (!expected.some((each) => error instanceof each)) throw error;
    }
  };
}

const folder = mkdtempSync(join(tmpdir(), 'kazasu-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const text = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');
const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

/** As a socket does it: text to JSON to a value of the schema. */
const frames = (schema: { safeParse(value: unknown): unknown }) =>
  refusing((bytes) => schema.safeParse(JSON.parse(utf8(bytes))), SyntaxError);

const IPP_REPLY = encodeMessage({
  code: 0,
  requestId: 1,
  groups: [
    {
      tag: GROUP.job,
      attributes: [
        { name: 'job-name', tag: TAG.name, values: ['kazasu'] },
        { name: 'job-state', tag: TAG.enum, values: [9] },
        { name: 'media-ready', tag: TAG.keyword, values: ['iso_a4_210x297mm', 'iso_a5'] },
        { name: 'color-supported', tag: TAG.boolean, values: [true] },
      ],
    },
  ],
});
const card = await issue();
const crl = revoking(card);
const platform = await PlatformKeys.openOrCreate(join(folder, 'keys'));
const signers = certifiedBy(platform.caCertificate);
const CHUNK = encodeChunk([1, 2, 3].map((number) => row(number)));
const HASH = 'a'.repeat(64);
const AT = '2026-02-20T09:00:00.000Z';
const clock = { at: AT, quality: 'synced', mono: 1 };
const head = {
  kind: 'head',
  of: 'entry-list',
  list: 'stadium',
  version: 3,
  root: HASH,
  manifest: HASH,
  at: AT,
  expires: AT,
};
const question = questionAbout(card.der, await load());
const PAYMENT = { number: '0badcafe', answer: 'payment', id: HASH.slice(0, 32) } as const;
const applied = await ApplicationRig.open();
process.once('exit', () => applied.close());
const ALERT = draft({ sent: Date.parse(AT) });
const signedHead = await platform.sign('head', text(head));

export const DECODERS: readonly Decoder[] = [
  {
    name: 'a certificate',
    seeds: [card.der, authority.caCertificate],
    decode: refusing(parseCertificate, X509Error),
  },
  {
    name: 'a certification path',
    seeds: [card.der, authority.caCertificate, crl],
    decode: refusing((bytes) => {
      const der = Buffer.from(bytes);
      const anchors = [authority.caCertificate];
      return validatePath(der, { anchors, intermediates: [der], crls: [der] }, NOW);
    }, X509Error),
  },
  {
    name: 'a certificate or a CRL that an operator brings',
    seeds: [card.der, crl],
    decode: refusing((bytes) => readSigned(Buffer.from(bytes)), UnfitError, DerError),
  },
  {
    name: 'a signing certificate',
    seeds: [applied.certificate],
    decode: refusing((bytes) => readSigningCertificate(Buffer.from(bytes)), UnfitError, DerError),
  },
  {
    name: 'an application that a card signed',
    seeds: [applied.cms()],
    decode: (bytes) =>
      judgeApplication(Buffer.from(bytes), applied.asked, applied.stores.register, NOW),
  },
  {
    name: 'an answer of an OCSP responder',
    seeds: [answerTo(question), answerTo(question, [], HONEST['the authority itself'])],
    decode: (bytes) => judgeOcsp(bytes, question, NOW),
  },
  {
    name: 'a question to an OCSP responder',
    seeds: [question.request],
    decode: (bytes) => answerTo({ ...question, request: Buffer.from(bytes) }),
  },
  {
    name: 'a signed object',
    seeds: [signedHead],
    decode: refusing(
      (bytes) => openSignedObject(Buffer.from(bytes), 'head', signers, NOW),
      SignedObjectError,
    ),
  },
  {
    name: "an alert's document",
    seeds: [writeCap(ALERT), writeCap(next(ALERT, { is: 'all-clear' }))],
    decode: refusing((bytes) => readMessage(bytes), AlertError),
  },
  {
    name: 'a root',
    seeds: platform.roots,
    decode: refusing((bytes) => openRoot(Buffer.from(bytes), null), SignedObjectError),
  },
  {
    name: "an institution's certificate",
    seeds: [Buffer.concat([INSTITUTION.certificate, INSTITUTION.signature])],
    decode: (bytes) => readInstitutionCertificate(bytes),
  },
  {
    name: 'what a card answers to a reading',
    seeds: [await transcript((card) => readUserCertificate(card.transmit))],
    decode: refusing((bytes) => readUserCertificate(scripted(bytes)), CardError),
  },
  {
    name: 'what a card answers when it is to prove its key',
    seeds: [await transcript(({ transmit }) => prove(transmit))],
    decode: refusing((bytes) => prove(scripted(bytes)), CardError),
  },
  {
    name: 'what a receipt printer sends back',
    seeds: [
      Buffer.from([0x37, 0x22, 0x31, 0x32, 0x33, 0x34, 0x00, 0x14, 0x00, 0x00, 0x0f, 0x12]),
      Buffer.from([0x37, 0x25, 0x00, 0x1c, 0x00, 0x0c, 0x0f]),
    ],
    decode(bytes) {
      const parser = new ReplyParser();
      for (let at = 0; at < bytes.length; at += 3) parser.push(bytes.subarray(at, at + 3));
    },
  },
  {
    name: 'a message of IPP',
    seeds: [IPP_REPLY],
    decode: refusing(decodeMessage, IppMessageError),
  },
  {
    name: 'what comes on the line of a payment unit',
    seeds: [
      encodeAnswer({ number: '0badcafe', answer: 'unit', means: ['cash', 'e-money'] }),
      encodeAnswer({ ...PAYMENT, state: 'collecting', inserted: 60, why: null }),
      encodeAnswer({ ...PAYMENT, state: 'voided', inserted: 0, why: 'declined' }),
      encodeAsk({ number: '0badcafe', ask: 'authorise', id: PAYMENT.id, yen: 450, means: 'cash' }),
    ],
    decode(bytes) {
      const reader = new FrameReader();
      for (let at = 0; at < bytes.length; at += 3) {
        for (const body of reader.push(bytes.subarray(at, at + 3))) {
          parseAnswer(body ?? '');
          parseAsk(body ?? '');
        }
      }
      // What the checksum would keep out.
      parseAnswer(utf8(bytes.subarray(1, -5)));
      parseAsk(utf8(bytes.subarray(1, -5)));
    },
  },
  {
    name: 'a frame of a platform',
    seeds: [
      { frame: 'ack', upto: 5 },
      { frame: 'gap', upto: 5 },
      { frame: 'beat', now: AT },
      { frame: 'head', statement: signedHead.toString('base64'), key: 'QUJD' },
      { frame: 'root', statements: platform.roots.map((root) => root.toString('base64')) },
    ].map(text),
    decode: frames(PLATFORM_FRAME),
  },
  {
    name: 'a frame of a terminal',
    seeds: [
      { frame: 'beat', waiting: 1, clock },
      { frame: 'facts', from: 1, items: ['{"seq":1}', '{"seq":2}'] },
    ].map(text),
    decode: frames(TERMINAL_FRAME),
  },
  {
    name: 'a statement or a manifest',
    seeds: [
      head,
      {
        kind: 'trust',
        list: 'trust',
        version: 1,
        root: HASH,
        issuedAt: AT,
        anchors: [HASH],
        crls: [],
      },
      {
        kind: 'institution',
        list: 'institution',
        version: 1,
        root: HASH,
        issuedAt: AT,
        institutions: [],
      },
    ].map(text),
    async decode(bytes) {
      for (const schema of [HEAD, ENTRY_LIST_MANIFEST, TRUST_MANIFEST, INSTITUTION_MANIFEST]) {
        await frames(schema)(bytes);
      }
    },
  },
  {
    name: 'a chunk of an entry list',
    seeds: [CHUNK],
    decode: refusing((bytes) => [...decodeChunk(Buffer.from(bytes))], RangeError),
  },
  {
    name: 'what changed in an entry list',
    seeds: [delta(patch({ from: CHUNK, to: CHUNK, removed: [row(1).key], rows: [row(2, 9)] }))],
    decode: refusing((bytes) => {
      for (const each of decodeDelta(Buffer.from(bytes))) patchedChunk(CHUNK, each);
    }, Rejection),
  },
  {
    name: "a frame of the screen's browser",
    seeds: [
      { type: 'key', number: 4, key: { key: 'character', character: '1' } },
      { type: 'key', number: 4, key: { key: 'choose', choice: 'entry' } },
    ].map(text),
    decode: (bytes) => parseFrame(utf8(bytes)),
  },
  {
    name: 'a configuration',
    seeds: [
      text(`profile = "gate"\nname = "gate-1"\nstate = "./var/gate-1"\n[platform]
url = "ws://127.0.0.1:8410/terminals"\n[card]\ndriver = "simulated"\n[receipt]
driver = "serial"\npath = "/dev/ttyUSB0"\nbaud = 115200\n[services.event-entry]\nlist = "stadium"\n`),
    ],
    decode: refusing((bytes) => {
      const file = join(folder, 'terminal.toml');
      writeFileSync(file, bytes);
      return readConfig(file);
    }, ConfigError),
  },
];

/** What a card that behaves answers, each answer after its length in two bytes. */
async function transcript(
  use: (card: { transmit: (command: Uint8Array) => Promise<Uint8Array> }) => Promise<unknown>,
): Promise<Buffer> {
  const sim = new SimCard({ ...DEFINITION, userCertificate: card.der.toString('base64') });
  sim.powerOn();
  const parts: Buffer[] = [];
  await use({
    async transmit(command) {
      const answer = Buffer.from(await sim.transmit(command));
      parts.push(Buffer.of(answer.length >> 8, answer.length & 0xff), answer);
      return answer;
    },
  });
  return Buffer.concat(parts);
}

/** A card that answers with these bytes, and is gone when there are no more. */
function scripted(bytes: Uint8Array): () => Promise<Uint8Array> {
  let at = 0;
  return async () => {
    if (at + 2 > bytes.length) throw new CardError('card-removed', 'the script ends');
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    at += 2 + length;
    return bytes.subarray(at - length, at);
  };
}

async function prove(transmit: (command: Uint8Array) => Promise<Uint8Array>): Promise<unknown> {
  const proof = new PossessionProof(institutionOf(INSTITUTION));
  const answer = (challenge: Uint8Array) => proof.answer(challenge);
  const outcome = await possessionExchange(transmit, proof.request, card.der, answer);
  return proof.judge({ certificate: card.der, startedAt: 0, finishedAt: 1 }, outcome, 2);
}
