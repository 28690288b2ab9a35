/**
 * How a card proves without a PIN that it holds the private key of its certificate: `kazasu-model-1`.
 *
 * A model, not the production exchange. What is public of 特定機関認証 is `80 A2` with a card-verifiable certificate; the rest
 * is made up here, whole and in one place, so that the real exchange can take its place behind `CardReader.prove`.
 *
 * `PossessionProof` is the daemon's half: it knows the institution and judges. `possessionExchange` is the half beside
 * the card, wherever the reader runs it: it carries bytes, and neither the key nor the verdict is in its hands.
 */

import { randomBytes } from 'node:crypto';
import { readInstitutionCertificate } from '../../src/domain/institution-certificate.ts';
import { chained, command, exchange, hexOf, INS, limited, SW, type Transmit } from './apdu.ts';
import type { CardIdentity, CardProof, Institution } from './card.ts';
import { isSignedBy, NONCE_BYTES, SIGNATURE_BYTES, sha256 } from './card-signature.ts';
import { selectApplication } from './jpki-card.ts';

const EF_USER_KEY = 0x0017;
const CHALLENGE_BYTES = 32;

const AUTHENTICATION_PREFIX = Buffer.from('kazasu-model-1', 'ascii');
const TAP_PREFIX = Buffer.from('kazasu-tap-1', 'ascii');

/** Eleven commands, and room for 61xx and 6Cxx. */
const APDUS_MAX = 32;

/** What the half beside the card needs to know; plain bytes, so that it can travel to another process. */
export interface PossessionRequest {
  /** The objects 5F4E and 5F37. */
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
  /** The message that the card signs, but for the digest of its own certificate, which comes last. */
  readonly message: Uint8Array;
}

/** The card's signature, or what it refused, in words for the journal. */
export type PossessionOutcome = { readonly signature: Uint8Array } | { readonly refused: string };

/** Resolves with the institution's signature for this challenge; null when it could not be made. */
export type AnswerChallenge = (challenge: Uint8Array) => Promise<Uint8Array | null>;

/** One proof, from its nonce to the verdict. Good for one exchange. */
export class PossessionProof {
  readonly request: PossessionRequest;
  readonly #institution: Institution;
  /** Subject key id of the institution. */
  readonly #id: Uint8Array;

  /** Throws a plain Error when the institution's certificate is not one: whoever keeps it has checked it. */
  constructor(institution: Institution) {
    const read = readInstitutionCertificate(institution.certificate);
    if (read === null) throw new Error('not the certificate of an institution');
    this.#institution = institution;
    this.#id = read.id;
    const { certificate, signature } = read;
    const terminal = sha256(institution.terminal);
    const message = Buffer.concat([TAP_PREFIX, randomBytes(NONCE_BYTES), terminal]);
    this.request = { certificate, signature, message };
  }

  /** What is signed is put together here: the process beside the card can't have anything else signed. */
  async answer(challenge: Uint8Array): Promise<Uint8Array | null> {
    if (challenge.length !== CHALLENGE_BYTES) return null;
    return this.#institution.sign(Buffer.concat([AUTHENTICATION_PREFIX, challenge, this.#id]));
  }

  /** `provedAt`: CLOCK_MONOTONIC in ms, when the exchange was over. */
  judge(identity: CardIdentity, outcome: PossessionOutcome, provedAt: number): CardProof {
    if ('refused' in outcome) {
      return { ...identity, provedAt, proof: null, notProved: outcome.refused };
    }
    const { signature } = outcome;
    const message = messageFor(this.request, identity.certificate);
    const isProved = isSignedBy(identity.certificate, message, signature);
    const notProved = isProved ? null : 'the signature is not of the key in the certificate';
    return { ...identity, provedAt, proof: isProved ? { message, signature } : null, notProved };
  }
}

/**
 * Carries the exchange out with the card whose certificate was read on the same connection. Short commands, chained:
 * every reader passes them. Rejects with `CardError` when the card goes or can't be understood; a card that refuses a
 * step is an outcome.
 */
export async function possessionExchange(
  transmit: Transmit,
  request: PossessionRequest,
  certificate: Uint8Array,
  answer: AnswerChallenge,
): Promise<PossessionOutcome> {
  const card = limited(transmit, APDUS_MAX);
  try {
    return { signature: await signatureOf(card, request, certificate, answer) };
  } catch (error) {
    if (!(error instanceof StepRefused)) throw error;
    return { refused: error.message };
  }
}

class StepRefused extends Error {}

async function signatureOf(
  card: Transmit,
  request: PossessionRequest,
  certificate: Uint8Array,
  answer: AnswerChallenge,
): Promise<Uint8Array> {
  // Anew, so that nothing of an earlier exchange is left.
  await selectApplication(card);
  const show = INS.presentCertificate;
  await send(card, 'certificate', chained(0x80, show, 0x06, 0xc1, request.certificate));
  await send(card, 'its signature', chained(0x80, show, 0x00, 0xc1, request.signature));
  const asked = command(0x00, INS.getChallenge, 0, 0, { le: CHALLENGE_BYTES });
  const challenge = await send(card, 'GET CHALLENGE', [asked], CHALLENGE_BYTES);
  const signed = await answer(challenge);
  if (signed === null) throw new StepRefused('the institution key did not sign');
  const proof = chained(0x00, INS.externalAuthenticate, 0, 0, signed);
  await send(card, 'EXTERNAL AUTHENTICATE', proof);
  const key = Uint8Array.of(EF_USER_KEY >> 8, EF_USER_KEY & 0xff);
  await send(card, 'SELECT of the key', [command(0x00, INS.select, 0x02, 0x0c, { data: key })]);
  const data = messageFor(request, certificate);
  const sign = command(0x80, INS.performSecurityOperation, 0x03, 0x80, { data, le: 256 });
  return send(card, 'the signature', [sign], SIGNATURE_BYTES);
}

/** Sends the commands of one step; the data of its last response, which has to be of that length. */
async function send(
  card: Transmit,
  step: string,
  commands: readonly Uint8Array[],
  length = 0,
): Promise<Uint8Array> {
  let data: Uint8Array = new Uint8Array();
  for (const each of commands) {
    const response = await exchange(card, each);
    if (response.sw !== SW.ok) throw new StepRefused(`${step}: ${hexOf(response.sw)}`);
    data = response.data;
  }
  if (data.length !== length) throw new StepRefused(`${step}: ${data.length} bytes`);
  return data;
}

function messageFor({ message }: PossessionRequest, certificate: Uint8Array): Buffer {
  return Buffer.concat([message, sha256(certificate)]);
}
