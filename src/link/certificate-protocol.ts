/**
 * What a kiosk and the certificate centre (証明書交付センター) say to each other: bodies of questions and answers
 * (question-protocol.ts), the issue manifest, and the code on the paper. Both sides share it, and nothing else.
 */

import { z } from 'zod';
import {
  COPIES_MAX,
  DOCUMENT_OPTIONS,
  DOCUMENTS,
  SHEETS_MAX,
} from '../domain/municipal-certificate.ts';

/** Names of the questions' services. */
export const CERTIFICATE_SERVICES = {
  /** Card: none. Which municipalities there are, and until when they serve today. */
  municipalities: 'certificate-municipalities',
  /** Card: possession. What this person can get here and now. */
  offers: 'certificate-offers',
  /** Card: possession+pin. Issue this. The question's id is the request id. */
  issue: 'certificate-issue',
  /** Card: possession. An application, signed by the card. The question's id is the application's. */
  apply: 'usage-registration',
  /** Card: possession. Where one's application stands. */
  status: 'registration-status',
} as const;

/** Why the centre does not do it; each is a Reason of the terminal (src/domain/reason.ts), too. */
export const CENTRE_REFUSALS = [
  'outside-hours',
  'maintenance',
  'year-end',
  'municipality-not-taking-part',
  'registration-missing',
  'registration-pending',
  'registration-refused',
  'under-fifteen',
  'moving-out',
  /** 支援措置, and whatever else must not be told apart from it: the words say "at the counter". */
  'counter-only',
  'holder-deceased',
  'filing-in-progress',
  'card-too-new',
  'character-not-covered',
  'name-too-long',
  'not-recorded-there',
  'certificate-not-valid',
  'already-registered',
  'application-refused',
  'centre-stopped',
] as const;
export type CentreRefusal = (typeof CENTRE_REFUSALS)[number];

const text = (max: number) =>
  z
    .string()
    .regex(/^[^\p{Cc}]*$/u)
    .min(1)
    .max(max);
const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`, 'u'));
const code = z.string().regex(/^\d{6}$/u);
const instant = z.iso.datetime();
/** A day in Japan, YYYY-MM-DD. */
const day = z.iso.date();
const refusal = z.enum(CENTRE_REFUSALS);
const document = z.enum(DOCUMENTS);
const option = z.enum(DOCUMENT_OPTIONS);
const municipality = z.strictObject({ code, name: text(40) });
/** Open now until then, or closed for a reason and, where it is known, open again from then. */
const service = z.union([
  z.strictObject({ open: z.literal(true), until: instant }),
  z.strictObject({ open: z.literal(false), reason: refusal, from: instant.nullable() }),
]);

/** Two sides that are built differently must not serve anybody (Takamatsu 2024): compared at every connect. */
export const TOPOLOGY = z.strictObject({
  build: text(64),
  /** `multi-site`: one centre routes to many issuing servers. */
  profile: z.enum(['multi-site', 'single-site']),
});
export type Topology = z.infer<typeof TOPOLOGY>;

/** What both sides of this edition say of themselves; whoever changes the messages changes `build`. */
export const OWN_TOPOLOGY: Topology = { build: 'certificates-1', profile: 'multi-site' };

export const MUNICIPALITIES_QUESTION = z.strictObject({ topology: TOPOLOGY });
export const MUNICIPALITIES_ANSWER = z.strictObject({
  topology: TOPOLOGY,
  municipalities: z
    .array(
      z.strictObject({
        ...municipality.shape,
        prefecture: text(20),
        /** Hiragana: sorted and chosen by it. */
        kana: text(60),
        /** Towns (町・字) of which a registered domicile can be. */
        towns: z.array(z.strictObject({ name: text(40), kana: text(60) })).max(60),
        /** Whether family-register certificates can be had, and the others. */
        familyRegister: service,
        resident: service,
      }),
    )
    .max(40),
});
export type MunicipalitiesAnswer = z.infer<typeof MUNICIPALITIES_ANSWER>;

export const OFFERS_QUESTION = z.strictObject({});
export const OFFERS_ANSWER = z.strictObject({
  /** In the order in which they are shown. One that is refused is shown with its reason. */
  offers: z
    .array(
      z.strictObject({
        document,
        municipality,
        /** Yen for one copy. */
        fee: z.int().min(0).max(10_000),
        options: z.array(option).min(1).max(6),
        copiesMax: z.int().min(1).max(COPIES_MAX),
        service,
      }),
    )
    .max(DOCUMENTS.length * 2),
});
export type OffersAnswer = z.infer<typeof OFFERS_ANSWER>;
export type Offer = OffersAnswer['offers'][number];

export const ISSUE_QUESTION = z.strictObject({
  document,
  municipality: code,
  option,
  copies: z.int().min(1).max(COPIES_MAX),
  /** Yen, as shown to the person: another fee at the centre is a refusal, not a surprise. */
  fee: z.int().min(0).max(50_000),
});
export const ISSUE_ANSWER = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('issued'),
    /** CMS SignedData (DER) over an `IssueManifest`, base64. */
    manifest: z.base64().max(8_192),
    /** Where the document is: an object of the platform by the SHA-256 of its ciphertext (`sealedDocument`). */
    object: hex(32),
    /** AES-256-GCM key, 32 bytes: nonce (12) || ciphertext || tag (16). Used for this document alone. */
    key: z.base64().length(44),
    /** Whose it is, masked as in 山＊ 太＊. */
    holder: text(40),
  }),
  z.strictObject({ result: z.literal('refused'), reason: refusal }),
]);
export type IssueAnswer = z.infer<typeof ISSUE_ANSWER>;

/** Of the document, before it is sealed. */
export const DOCUMENT_BYTES_MAX = 20 * 1_048_576;

/**
 * What an issuing server says of a document. `subject`: SHA-256 over the request id (16 bytes) and the certificate (DER)
 * **that is linked to the register record which it read**, never of what the request carried.
 */
export const ISSUE_MANIFEST = z.strictObject({
  kind: z.literal('issue-manifest'),
  request: z.uuid(),
  terminal: z.string().max(64),
  municipality: code,
  subject: hex(32),
  document,
  option,
  copies: z.int().min(1).max(COPIES_MAX),
  /** Sheets, all copies together; each is one page. */
  pages: z.int().min(1).max(SHEETS_MAX),
  fee: z.int().min(0).max(50_000),
  /** Of the document (PDF). */
  sha256: hex(32),
  issuedAt: instant,
});
export type IssueManifest = z.infer<typeof ISSUE_MANIFEST>;

/**
 * The code on each sheet: `KZ1:` and base45 (RFC 9285) of
 * request id (16) || subject (32) || municipality (3, BCD) || document (1, its place in DOCUMENTS) || page (1) || pages (1)
 * || issued at (4, seconds since the epoch, big-endian) || key id (4, the first bytes of SHA-256 over the signer's
 * SubjectPublicKeyInfo) || signature (64, ECDSA P-256 with SHA-256, IEEE P1363, over `kazasu-paper-1` and all before it).
 */
export const PAPER_CODE = { prefix: 'KZ1:', bytes: 126, signs: 'kazasu-paper-1' } as const;

/** An application for usage registration: the bytes that the card signs, as JSON, in a CMS SignedData. */
export const APPLICATION = z.strictObject({
  kind: z.literal('usage-registration'),
  /** The question's id. */
  id: z.uuid(),
  terminal: z.string().max(64),
  municipality: code,
  /** The registered domicile (本籍) and the head of the register (筆頭者) as typed: town, number, kana. */
  domicile: z.strictObject({
    town: text(40),
    number: z.string().regex(/^\d{1,5}(-\d{1,5}){0,3}$/u),
  }),
  head: z.strictObject({ familyKana: text(30), givenKana: text(30) }),
  /** SHA-256 over the user-authentication certificate (DER) that is to be bound. */
  authentication: hex(32),
  at: instant,
});
export type Application = z.infer<typeof APPLICATION>;

export const APPLY_QUESTION = z.strictObject({
  /** CMS SignedData (DER), base64; the user-authentication certificate comes as what the card shows. */
  application: z.base64().max(12_000),
});
export const APPLY_ANSWER = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('received'), number: text(20), expected: day }),
  z.strictObject({ result: z.literal('refused'), reason: refusal }),
]);
export type ApplyAnswer = z.infer<typeof APPLY_ANSWER>;

export const STATUS_QUESTION = z.strictObject({});
/** The newest application of this certificate's holder. */
export const STATUS_ANSWER = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('none') }),
  z.strictObject({ state: z.literal('pending'), municipality, number: text(20), expected: day }),
  z.strictObject({ state: z.literal('accepted'), municipality, number: text(20) }),
  z.strictObject({ state: z.literal('refused'), municipality, number: text(20), reason: refusal }),
]);
export type StatusAnswer = z.infer<typeof STATUS_ANSWER>;
