/**
 * Everything that a responder, or whoever stands between, can say wrongly: what the tests of the
 * judge and the matrix of revocation share. Each is an answer of the honest responder, changed in
 * one way before it is signed, or after.
 */

import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { Authority, OcspSigner } from '../../platform-sim/authority.ts';
import {
  type OcspAnswerSpec,
  type OcspResponseSpec,
  writeOcspError,
  writeOcspResponse,
} from '../../platform-sim/ocsp.ts';
import { OcspResponder } from '../../platform-sim/ocsp-responder.ts';
import { encode, extension, type Revocation, writeCertificate } from '../../platform-sim/x509.ts';
import type { OnlineFault } from '../../src/domain/online-revocation.ts';
import { askOcsp, type OcspQuestion, type OcspSubject } from '../../src/pki/ocsp.ts';
import type { TrustStore } from '../../src/pki/trust-store.ts';
import { at, authority, elder, foreign, issue, NOW, unknownExtension } from './cards.ts';

/** Somebody else's card, whose key and certificate are as good as any. */
const citizen = await issue();
const citizenSigner: OcspSigner = {
  name: [
    ['C', 'JP'],
    ['CN', 'whoever'],
  ],
  privateKey: createPrivateKey(citizen.privateKeyPem),
  certificates: [citizen.der],
};
const revokedSerial = Buffer.from('5a5a5a5a', 'hex');

/** The certificate of a responder that a full CRL of the authority may name. */
export const REVOKED_RESPONDER: Revocation = {
  serial: revokedSerial,
  at: at(-1),
  reason: 'keyCompromise',
};

const by =
  (signer: OcspSigner, over: Partial<OcspResponseSpec> = {}) =>
  (said: OcspResponseSpec): OcspResponseSpec => ({
    ...said,
    privateKey: signer.privateKey,
    responder: signer.name,
    certificates: signer.certificates,
    ...over,
  });
const charged = (options: Parameters<Authority['chargeOcspSigner']>[0], from = authority) =>
  by(from.chargeOcspSigner(options));
const answers =
  (change: (answer: OcspAnswerSpec) => readonly OcspAnswerSpec[]) =>
  (said: OcspResponseSpec): OcspResponseSpec => ({
    ...said,
    answers: said.answers.flatMap(change),
  });
const each = (over: (answer: OcspAnswerSpec) => Partial<OcspAnswerSpec>) =>
  answers((answer) => [{ ...answer, ...over(answer) }]);
const id = (over: (of: OcspAnswerSpec['id']) => Partial<OcspAnswerSpec['id']>) =>
  each((answer) => ({ id: { ...answer.id, ...over(answer.id) } }));
const written = (change: (der: Buffer) => Buffer) => (said: OcspResponseSpec) =>
  change(writeOcspResponse(said));
const flipped = (der: Buffer, position: number) => {
  const copy = Buffer.from(der);
  const octet = copy.at(position) ?? 0;
  copy[position < 0 ? copy.length + position : position] = octet ^ 1;
  return copy;
};
const sha1 = (text: string) => createHash('sha1').update(text).digest();
const good = { status: 'good' } as const;
const revoked = { status: { revokedAt: at(-1), reason: 'keyCompromise' } } as const;
const dated =
  (days: number, over: Partial<OcspAnswerSpec> = {}) =>
  (said: OcspResponseSpec) => ({
    ...each(() => ({ thisUpdate: at(days), nextUpdate: at(days + 1), ...over }))(said),
    producedAt: at(days),
  });

/** Right in every way, but that the issuer is called otherwise. */
function namesake(): OcspSigner {
  const { name, privateKey, certificates } = elder.chargeOcspSigner();
  const [honest = Buffer.alloc(0)] = certificates;
  const certificate = writeCertificate({
    issuer: { name: [['CN', 'a namesake']], privateKey: authority.ocspSigner.privateKey },
    subject: name,
    publicKey: new X509Certificate(honest).publicKey,
    serial: Buffer.of(1),
    notBefore: at(-1),
    notAfter: at(1),
    extensions: [extension.extendedKeyUsage(['1.3.6.1.5.5.7.3.9'])],
  });
  return { name, privateKey, certificates: [certificate] };
}

type Forge = (said: OcspResponseSpec) => OcspResponseSpec | Buffer;

/** Each says "good"; none may be believed. */
export const FORGERIES: Readonly<Record<string, readonly [OnlineFault, Forge]>> = {
  'a corrupted signature': [
    'bad-signature',
    (said) => written((der) => flipped(der, -1))(by(authority.ocspSigner)(said)),
  ],
  'a status that was changed under the signature': [
    'bad-signature',
    (said) => {
      const changed = writeOcspResponse(each(() => ({ status: 'unknown' }))(said));
      // [2] unknown, without content, before a GeneralizedTime.
      const status = changed.indexOf(Buffer.from('8200180f', 'hex'));
      if (status < 0) throw new Error('no such status in the response');
      changed[status] = 0x80;
      return changed;
    },
  ],
  "the key of another citizen's card": ['responder-not-authorized', by(citizenSigner)],
  "the key of another citizen's card, in the name of the authority": [
    'responder-not-authorized',
    by(citizenSigner, { responder: authority.ocspSigner.name }),
  ],
  'the key of another citizen without a certificate': [
    'bad-signature',
    by(citizenSigner, { responder: authority.ocspSigner.name, certificates: [] }),
  ],
  'the key of another citizen beside an honest certificate': [
    'bad-signature',
    (said) => ({ ...said, privateKey: citizenSigner.privateKey }),
  ],
  'a foreign authority': ['bad-signature', by(foreign.ocspSigner)],
  'a foreign authority, with its certificate': [
    'responder-not-authorized',
    by(foreign.ocspSigner, { certificates: [foreign.caCertificate] }),
  ],
  'a responder that a foreign authority charged': [
    'responder-not-authorized',
    charged({}, foreign),
  ],
  'the elder generation of the same name': ['bad-signature', by(elder.ocspSigner)],
  'a responder that the elder generation charged': ['responder-not-authorized', charged({}, elder)],
  'a responder that another authority with the same key charged': [
    'responder-not-authorized',
    (said) => by(namesake())(said),
  ],
  'a responder without its purpose': ['responder-not-authorized', charged({ purposes: null })],
  'a responder for another purpose': [
    'responder-not-authorized',
    charged({ purposes: ['1.3.6.1.5.5.7.3.2'] }),
  ],
  'a responder for any purpose': [
    'responder-not-authorized',
    charged({ purposes: ['2.5.29.37.0'] }),
  ],
  'a responder whose key may not sign': [
    'responder-not-authorized',
    charged({ keyUsage: ['keyEncipherment'] }),
  ],
  'a responder that has expired': [
    'responder-not-authorized',
    charged({ notBefore: at(-9), notAfter: at(-1) }),
  ],
  'a responder from the future': ['responder-not-authorized', charged({ notBefore: at(1) })],
  'a responder that was revoked': ['responder-not-authorized', charged({ serial: revokedSerial })],
  'a responder with an unknown critical extension': [
    'bad-signature',
    charged({ extra: [unknownExtension(true)] }),
  ],
  'a responder in the name of another': [
    'responder-not-authorized',
    (said) => ({ ...said, responder: [['CN', 'somebody else']] }),
  ],
  'a responder by the hash of another key': [
    'responder-not-authorized',
    (said) => ({ ...said, responder: sha1('another key') }),
  ],
  'another serial number': [
    'not-the-certificate',
    id(({ serial }) => ({ serial: flipped(serial, -1) })),
  ],
  'an issuer of another name': [
    'not-the-certificate',
    id(() => ({ issuerNameHash: sha1('another name') })),
  ],
  'an issuer with another key': [
    'not-the-certificate',
    id(() => ({ issuerKeyHash: sha1('another key') })),
  ],
  'another hash': ['not-the-certificate', id(() => ({ hash: '2.16.840.1.101.3.4.2.2' }))],
  'no answer at all': ['not-the-certificate', answers(() => [])],
  'two answers that contradict': [
    'contradictory',
    answers((answer) => [
      { ...answer, ...good },
      { ...answer, ...revoked },
    ]),
  ],
  'the same answer twice': ['contradictory', answers((answer) => [answer, answer])],
  'a year-old answer': ['stale', dated(-365)],
  'a year-old answer with a nextUpdate to come': ['stale', dated(-365, { nextUpdate: at(1) })],
  'a year-old answer without nextUpdate': ['stale', dated(-365, { nextUpdate: null })],
  'a new response around an old answer': [
    'stale',
    each(() => ({ thisUpdate: at(-2), nextUpdate: null })),
  ],
  'an old response around a new answer': ['stale', (said) => ({ ...said, producedAt: at(-2) })],
  'an answer past its nextUpdate': [
    'stale',
    each(() => ({ thisUpdate: at(-0.5), nextUpdate: new Date(NOW - 301_000) })),
  ],
  'an answer from the future': ['future', dated(1)],
  'a response from the future around a present answer': [
    'future',
    (said) => ({ ...said, producedAt: at(1) }),
  ],
  'an answer whose thisUpdate alone is to come': [
    'future',
    each(() => ({ thisUpdate: at(1), nextUpdate: at(2) })),
  ],
  'no nonce': ['bad-nonce', (said) => ({ ...said, nonce: null })],
  'the nonce of another question': [
    'bad-nonce',
    (said) => ({ ...said, nonce: Buffer.alloc(32, 7) }),
  ],
  'a nonce that is longer by one octet': [
    'bad-nonce',
    (said) => ({ ...said, nonce: Buffer.concat([said.nonce ?? Buffer.alloc(0), Buffer.alloc(1)]) }),
  ],
  'a nonce of 129 octets': ['malformed', (said) => ({ ...said, nonce: Buffer.alloc(129) })],
  'an unknown critical extension': [
    'malformed',
    (said) => ({ ...said, extra: [unknownExtension(true)] }),
  ],
  'an unknown critical extension of the answer': [
    'malformed',
    each(() => ({ extra: [unknownExtension(true)] })),
  ],
  'the nonce twice': [
    'malformed',
    (said) => ({
      ...said,
      extra: [
        {
          oid: '1.3.6.1.5.5.7.48.1.2',
          critical: false,
          value: encode(0x04, said.nonce ?? Buffer.alloc(1)),
        },
      ],
    }),
  ],
  'nextUpdate before thisUpdate': ['malformed', each(() => ({ nextUpdate: at(-1) }))],
  'trailing octets': ['malformed', written((der) => Buffer.concat([der, Buffer.alloc(1)]))],
  'an indefinite length': [
    'malformed',
    written((der) => {
      // The outermost SEQUENCE has a length of two octets: 30 82 xx xx.
      const content = der.subarray(4);
      return Buffer.concat([Uint8Array.of(0x30, 0x80), content, Buffer.alloc(2)]);
    }),
  ],
  'a length that is longer than needed': [
    'malformed',
    written((der) =>
      Buffer.concat([Uint8Array.of(0x30, 0x83, 0), der.subarray(2, 4), der.subarray(4)]),
    ),
  ],
  'one octet less': ['malformed', written((der) => der.subarray(0, -1))],
  nothing: ['malformed', () => Buffer.alloc(0)],
  'more than 16 KiB': [
    'malformed',
    (said) => ({
      ...said,
      extra: [{ ...unknownExtension(false), value: encode(0x04, Buffer.alloc(16_384)) }],
    }),
  ],
  'five certificates': [
    'malformed',
    (said) => ({ ...said, certificates: [...said.certificates, ...Array(4).fill(citizen.der)] }),
  ],
  'seventeen answers': ['malformed', answers((answer) => Array(17).fill(answer))],
  'an error that nobody signs': ['refused', () => writeOcspError('tryLater')],
};

/** Right answers in other forms: each is believed. */
export const HONEST: Readonly<Record<string, Forge>> = {
  'a charged responder': (said) => said,
  'the authority itself': by(authority.ocspSigner),
  'the authority itself, by the hash of its key': by(authority.ocspSigner, {
    responder: authority.keyId,
  }),
  'a responder that sends its whole path': (said) => ({
    ...said,
    certificates: [authority.caCertificate, ...said.certificates],
  }),
  'an answer without nextUpdate': each(() => ({ nextUpdate: null })),
  'an answer of this morning': each(() => ({ thisUpdate: at(-0.5) })),
  'a clock that is four minutes ahead of ours': (said) => ({
    ...each(() => ({ thisUpdate: new Date(NOW + 240_000) }))(said),
    producedAt: new Date(NOW + 240_000),
  }),
  'an answer among those about others': answers((answer) => [
    { ...answer, id: { ...answer.id, serial: Buffer.of(1) }, ...revoked },
    answer,
  ]),
  'an unknown extension': (said) => ({ ...said, extra: [unknownExtension(false)] }),
};

/** The answer of a responder of `authority` to a question about a card, changed by `forge`. */
export function answerTo(
  question: OcspQuestion,
  revocations: readonly Revocation[] = [],
  forge: Forge | null = null,
): Buffer {
  const responder = new OcspResponder({ authority, revoked: () => revocations, now: () => NOW });
  responder.fault = forge;
  return responder.answer(question.request);
}

export function questionAbout(
  der: Uint8Array,
  store: TrustStore,
  ...how: Parameters<typeof askOcsp> extends [OcspSubject, ...infer Rest] ? Rest : never
): OcspQuestion {
  const subject = store.ocspSubject(der, NOW);
  if (subject === null) throw new Error('no pinned authority issued it');
  return askOcsp(subject, ...how);
}
