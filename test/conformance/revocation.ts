/**
 * The matrix of revocation: every kind of list, of every generation of the authority, of every
 * time, with a card on it for each reason; each of those with every answer that a responder, or
 * whoever stands between, could give. What may be vouched for is said by RFC 5280 and RFC 6960, not
 * by our code; OpenSSL is asked where it can be.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authority, CrlOptions, IssuedCertificate } from '../../platform-sim/authority.ts';
import { Elements, TAG } from '../../platform-sim/der.ts';
import type { OcspResponseSpec } from '../../platform-sim/ocsp.ts';
import {
  type ExtensionSpec,
  encode,
  extension,
  type RevocationReason,
} from '../../platform-sim/x509.ts';
import type { CertificateVerdict } from '../../src/domain/certificate-verdict.ts';
import { type OnlineAnswer, withOnlineAnswer } from '../../src/domain/online-revocation.ts';
import { judgeOcsp } from '../../src/pki/ocsp.ts';
import { TrustError } from '../../src/pki/trust-error.ts';
import type { TrustStore } from '../../src/pki/trust-store.ts';
import { at, authority, elder, foreign, issue, NOW } from '../pki/cards.ts';
import { scope } from '../pki/chains.ts';
import { trustStoreOf } from '../pki/memory-trust.ts';
import {
  answerTo,
  FORGERIES,
  HONEST,
  questionAbout,
  REVOKED_RESPONDER,
} from '../pki/ocsp-cases.ts';
import { openssl, pemOf } from '../pki/openssl.ts';
import { REVOKED_FOR } from '../pki/revoked-for.ts';

/** `taken`: whether it is a list that terminals take, which answers for every card of its issuer. */
const SCOPES: Readonly<Record<string, { readonly taken: boolean; readonly options: CrlOptions }>> =
  {
    full: { taken: true, options: {} },
    'without a key identifier': { taken: true, options: { authorityKeyId: null } },
    'user certificates only': { taken: true, options: only(scope.yes(1)) },
    'CA certificates only': { taken: false, options: only(scope.yes(2)) },
    'attribute certificates only': { taken: false, options: only(scope.yes(5)) },
    'one reason only': { taken: false, options: only(scope.compromise) },
    'another distribution point': {
      taken: false,
      options: only(scope.point('http://crl.example/another')),
    },
    "the cards' own distribution point": { taken: false, options: { extra: [ownPoint()] } },
    indirect: { taken: false, options: only(scope.yes(4)) },
    delta: { taken: false, options: critical('2.5.29.27', encode(TAG.integer, Uint8Array.of(1))) },
    'an unknown critical extension': { taken: false, options: critical('1.3.6.1.4.1.32473.1') },
    'without a number': { taken: false, options: { number: null } },
  };

const TIMES: Readonly<Record<string, { readonly current: boolean; readonly options: CrlOptions }>> =
  {
    current: { current: true, options: {} },
    'four minutes ahead': { current: true, options: dated(NOW + 240_000, NOW + 900_000) },
    'past its nextUpdate': { current: false, options: dated(NOW - 900_000, NOW - 60_000) },
    'from the future': { current: false, options: dated(NOW + 900_000, NOW + 1_800_000) },
  };

const ISSUERS: readonly (readonly [string, Authority])[] = [
  ['the issuer of the card', authority],
  ['an elder generation of the same name', elder],
  ['a stranger', foreign],
];

/** What OpenSSL takes and we do not, or the other way round, on purpose: a part of the case's name, and why. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "the cards' own distribution point":
    'A list of one distribution point may leave cards out; cards hang on complete lists here. Fails closed.',
  'delta,':
    'OpenSSL 3.0 takes a delta for a complete list, unless it is told to expect lists of parts.',
  'without a number':
    'RFC 5280 5.2.3 asks for one, and without it an old list could replace a new one.',
  'four minutes ahead': 'Our clock may be five minutes behind; OpenSSL allows none for lists.',
  'a responder whose key may not sign':
    'RFC 5280 4.2.1.12: key usage has to allow it, too. OpenSSL 3.0 looks at the purpose alone.',
  'a responder that was revoked':
    'OpenSSL is not asked to look; we hold the list of the issuer anyway.',
  'good, but an unknown critical extension':
    'OpenSSL reads over critical extensions of OCSP responses.',
  'an old response around a new answer': 'OpenSSL does not look at producedAt.',
  'a response from the future around a present answer': 'OpenSSL does not look at producedAt.',
  'two answers that contradict': 'OpenSSL takes the first one.',
  'the same answer twice': 'OpenSSL takes the first one.',
  'no nonce': 'OpenSSL warns. An answer without it may be an old one.',
  'the nonce twice': 'An extension comes once (RFC 5280 4.2); OpenSSL takes the first one.',
  'trailing octets': 'Bytes that nobody signed: OpenSSL reads over them.',
  'an indefinite length': 'BER, which OpenSSL reads, too.',
  'a length that is longer than needed': 'BER, which OpenSSL reads, too.',
  'more than 16 KiB': 'A limit of ours.',
  'five certificates': 'A limit of ours.',
  'seventeen answers': 'A limit of ours, and one card is asked about.',
};

function only(...fields: readonly Buffer[]): CrlOptions {
  return { extra: [scope.of(...fields)] };
}

function critical(oid: string, value: Uint8Array = encode(0x05)): CrlOptions {
  return { extra: [{ oid, critical: true, value }] };
}

/** RFC 5280 4.2.1.13, 5.2.5: the first point of the cards, as a list says that it is for it. */
function ownPoint(): ExtensionSpec {
  const { value } = extension.crlDistributionPoint(authority.ocspSigner.name);
  const points = new Elements(Buffer.from(value)).inside(TAG.sequence);
  return { oid: '2.5.29.28', critical: true, value: points.next(TAG.sequence).whole };
}

function dated(thisUpdate: number, nextUpdate: number): CrlOptions {
  return { thisUpdate: new Date(thisUpdate), nextUpdate: new Date(nextUpdate) };
}

interface Card extends IssuedCertificate {
  /** Null: on no list. */
  readonly reason: RevocationReason | null;
}

/** What is right: `vouched`: said not to be revoked by whoever may say so, now. */
type Standing = 'vouched' | 'open' | 'revoked';

interface ListCase {
  readonly what: string;
  readonly crl: Buffer;
  /** For cards on the list, and for others. */
  readonly right: { readonly listed: Standing; readonly others: Standing };
}

export interface Outcome {
  readonly cases: number;
  /** Vouched for although nobody may. */
  readonly falseAccepts: readonly string[];
  /** Refused although right, or said to be open although revoked. */
  readonly falseRefusals: readonly string[];
  /** How many cases OpenSSL was asked about. */
  readonly compared: number;
  /** Where OpenSSL answers otherwise, with the reason; null where there is none. */
  readonly differences: readonly { readonly what: string; readonly why: string | null }[];
}

function listCases(cards: readonly Card[]): readonly ListCase[] {
  const revoked = cards.flatMap(({ serial, reason }) =>
    reason === null ? [] : [{ serial, at: at(-1), reason }],
  );
  return ISSUERS.flatMap(([whose, issuer]) =>
    Object.entries(SCOPES).flatMap(([what, { taken, options }]) =>
      Object.entries(TIMES).map(([when, time]) => {
        const mayAnswer = issuer === authority && taken;
        return {
          what: `list of ${whose}, ${what}, ${when}`,
          crl: issuer.crl({ revoked, ...options, ...time.options }),
          right: {
            // Its issuer said so: an old list, or a clock that is wrong, gives no card back.
            listed: mayAnswer ? ('revoked' as const) : ('open' as const),
            others: mayAnswer && time.current ? ('vouched' as const) : ('open' as const),
          },
        };
      }),
    ),
  );
}

/** A list that is refused is not there. */
async function storeWith(crls: readonly Buffer[]): Promise<TrustStore> {
  const anchors = [authority.caCertificate, elder.caCertificate];
  try {
    return await trustStoreOf({ anchors, crls });
  } catch (error) {
    if (!(error instanceof TrustError)) throw error;
    return trustStoreOf({ anchors, crls: [] });
  }
}

function standingOf(verdict: CertificateVerdict): Standing {
  if (!verdict.valid) {
    if (verdict.reason === 'certificate-revoked') return 'revoked';
    throw new Error(`the card is refused for another reason: ${verdict.reason}`);
  }
  return verdict.revocation === 'checked' || verdict.revocation === 'ocsp' ? 'vouched' : 'open';
}

/** Every answer about one card: what was made of it, and what is right. */
interface OnlineCase {
  readonly what: string;
  readonly response: Buffer | null;
  readonly answer: OnlineAnswer;
  readonly right: 'good' | 'revoked' | 'nothing';
}

const UNKNOWN = (said: OcspResponseSpec): OcspResponseSpec => ({
  ...said,
  answers: said.answers.map((answer) => ({ ...answer, status: 'unknown' })),
});

function onlineCases(card: Card, store: TrustStore): readonly OnlineCase[] {
  const question = questionAbout(card.der, store, 'sha1', NONCE);
  const judged = (
    what: string,
    right: OnlineCase['right'],
    ...how: Parameters<typeof answerTo> extends [unknown, ...infer Rest] ? Rest : never
  ): OnlineCase => {
    const response = answerTo(question, ...how);
    return { what, right, response, answer: judgeOcsp(response, question, NOW) };
  };
  const revocation = (reason: RevocationReason) => [{ serial: card.serial, at: at(-1), reason }];
  return [
    {
      what: 'no answer',
      response: null,
      answer: { status: 'none', fault: 'unreachable', detail: '' },
      right: 'nothing',
    },
    ...Object.entries(HONEST).flatMap(([form, forge]) => [
      judged(`good, ${form}`, 'good', [], forge),
      judged(`revoked, ${form}`, 'revoked', revocation('superseded'), forge),
    ]),
    ...REVOKED_FOR.map((reason) => judged(`revoked, ${reason}`, 'revoked', revocation(reason))),
    judged('unknown', 'nothing', [], UNKNOWN),
    ...Object.entries(FORGERIES).map(([form, [, forge]]) =>
      judged(`good, but ${form}`, 'nothing', [], forge),
    ),
  ];
}

/** One for all questions, so that OpenSSL can be given the same one. */
const NONCE = Buffer.alloc(32, 0x4e);

/** RFC 5280 and RFC 6960 together: revoked by either is revoked, vouched for by either is vouched. */
function rightOf(offline: Standing, online: OnlineCase['right']): Standing {
  if (offline === 'revoked' || online === 'revoked') return 'revoked';
  return offline === 'vouched' || online === 'good' ? 'vouched' : 'open';
}

export async function runRevocationMatrix(): Promise<Outcome> {
  const cards: Card[] = [{ ...(await issue()), reason: null }];
  for (const reason of REVOKED_FOR) cards.push({ ...(await issue()), reason });
  const lists = listCases(cards);
  // A list that revokes a responder is held beside every answer.
  const responders = await storeWith([authority.crl({ revoked: [REVOKED_RESPONDER] })]);
  const online = new Map(cards.map((card) => [card, onlineCases(card, responders)]));
  const falseAccepts: string[] = [];
  const falseRefusals: string[] = [];
  let cases = 0;
  for (const { what, crl, right } of lists) {
    const store = await storeWith([crl]);
    for (const card of cards) {
      const offline = await store.verify(card.der, NOW);
      const offlineRight = card.reason === null ? right.others : right.listed;
      for (const each of online.get(card) ?? []) {
        cases += 1;
        const standing = standingOf(withOnlineAnswer(offline, each.answer));
        const wanted = rightOf(offlineRight, each.right);
        if (standing === wanted) continue;
        const told = `${what}; card ${card.reason ?? 'on no list'}; ${each.what}: ${standing}, not ${wanted}`;
        if (standing === 'vouched') falseAccepts.push(told);
        else falseRefusals.push(told);
      }
    }
  }
  return { cases, falseAccepts, falseRefusals, ...(await compare(cards, lists, online)) };
}

async function compare(
  cards: readonly Card[],
  lists: readonly ListCase[],
  online: ReadonlyMap<Card, readonly OnlineCase[]>,
): Promise<Pick<Outcome, 'compared' | 'differences'>> {
  const folder = await mkdtemp(join(tmpdir(), 'kazasu-revocation-'));
  try {
    const peer = new OpensslPeer(folder, cards);
    await peer.prepare();
    const differences = [
      ...(await peer.compareLists(lists)),
      ...(await peer.compareAnswers(online)),
    ];
    return { compared: peer.compared, differences };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class OpensslPeer {
  readonly #folder: string;
  readonly #cards: readonly Card[];
  compared = 0;

  constructor(folder: string, cards: readonly Card[]) {
    this.#folder = folder;
    this.#cards = cards;
  }

  async prepare(): Promise<void> {
    const anchors = [authority.caCertificate, elder.caCertificate];
    await this.#write('anchors.pem', pemOf('CERTIFICATE', anchors));
    await this.#write('issuer.pem', pemOf('CERTIFICATE', [authority.caCertificate]));
    for (const [number, { der }] of this.#cards.entries())
      await this.#write(`${number}.pem`, pemOf('CERTIFICATE', [der]));
  }

  /** All cards at once, list by list: vouched for is what `openssl verify` accepts. */
  async compareLists(lists: readonly ListCase[]) {
    const found: { what: string; why: string | null }[] = [];
    const names = this.#cards.map((_, number) => `${number}.pem`).join(' ');
    for (const { what, crl } of lists) {
      await this.#write('crl.pem', pemOf('X509 CRL', [crl]));
      const flags = `-x509_strict -crl_check -attime ${Math.trunc(NOW / 1000)}`;
      const { said } = await openssl(
        this.#folder,
        `verify ${flags} -CAfile anchors.pem -CRLfile crl.pem ${names}`,
      );
      const store = await storeWith([crl]);
      for (const [number, { der, reason }] of this.#cards.entries()) {
        this.compared += 1;
        const theirs = said.includes(`${number}.pem: OK`);
        const ours = standingOf(await store.verify(der, NOW)) === 'vouched';
        if (theirs === ours) continue;
        const told = `${what}; card ${reason ?? 'on no list'}: OpenSSL ${theirs}, we ${ours}`;
        found.push({ what: told, why: whyOf(told) });
      }
    }
    return found;
  }

  /** Every answer about the card that is on no list; whether it is believed to be good. */
  async compareAnswers(online: ReadonlyMap<Card, readonly OnlineCase[]>) {
    const found: { what: string; why: string | null }[] = [];
    const [card] = this.#cards;
    if (card === undefined) return found;
    const { request } = questionAbout(card.der, await storeWith([]), 'sha1', NONCE);
    await this.#write('request.der', request);
    for (const { what, response, answer } of online.get(card) ?? []) {
      if (response === null) continue;
      this.compared += 1;
      await this.#write('response.der', response);
      const theirs = await this.#believes();
      const ours = answer.status === 'good';
      if (theirs === ours) continue;
      const told = `${what}: OpenSSL ${theirs}, we ${ours}`;
      found.push({ what: told, why: whyOf(told) });
    }
    return found;
  }

  /** Signature, signer and nonce in one run, certificate and times in another: it can't do both in one. */
  async #believes(): Promise<boolean> {
    const trust = '-CAfile issuer.pem -issuer issuer.pem -respin response.der';
    const signed = await openssl(this.#folder, `ocsp ${trust} -reqin request.der`);
    if (signed.code !== 0 || !signed.said.includes('Response verify OK')) return false;
    const times = '-validity_period 300 -status_age 86700 -no_nonce';
    const status = await openssl(this.#folder, `ocsp ${trust} ${times} -cert 0.pem`);
    return status.said.includes('0.pem: good') && !status.said.includes('Status times invalid');
  }

  #write(name: string, content: string | Buffer): Promise<void> {
    return writeFile(join(this.#folder, name), content);
  }
}

function whyOf(told: string): string | null {
  return Object.entries(DIFFERENCES).find(([part]) => told.includes(part))?.[1] ?? null;
}
