/**
 * `kazasu.v1`: everything that terminal and platform say to each other, and, with the other *-protocol.ts, the only file that both sides share.
 *
 * JSON frames on one websocket per terminal (subprotocol `kazasu.v1`); bulk data as content-addressed objects over
 * HTTP beside it, `GET /objects/<sha256 hex>`. Every frame is parsed here, at the edge, and nowhere else.
 */

import { z } from 'zod';
import { ASSURANCE_LEVELS, type EntryListManifest } from '../domain/entry-list.ts';
import {
  ALERT_BYTES_MAX,
  ALERT_FRAME,
  type AlertRole,
  PLACE,
  POKE_FRAME,
} from './alert-protocol.ts';
import { CHUNK_BYTES, LIST_ROWS } from './chunk-protocol.ts';
import { ANSWER_FRAME, ASK_FRAME, FAULT_FRAME } from './question-protocol.ts';
import { isRoleOrderInForm, ROLE_ORDER } from './role-protocol.ts';
import {
  ACK_FRAME,
  CREDIT,
  FACT_BYTES,
  FACTS_FRAME,
  GAP_FRAME,
  HELD_HASH,
  SLOW_FRAME,
} from './upload-protocol.ts';

export { decodeChunk, encodeChunk, type SealedRow } from './chunk-protocol.ts';

export const SUBPROTOCOL = 'kazasu.v1';
/** `kazasu.v1` with `hash` in the welcome, and `slow`. */
const SUBPROTOCOL_1_1 = 'kazasu.v1.1';
/** `kazasu.v1.1` with what came later: `place` in the hello, `alert`, `poke`. */
export const SUBPROTOCOL_NOW = 'kazasu.v1.2';
/** What a terminal offers, the best first; a platform takes the first that it knows, and says nothing of a later one. */
export const SUBPROTOCOLS = [SUBPROTOCOL_NOW, SUBPROTOCOL_1_1, SUBPROTOCOL] as const;

/** Limits that both sides hold each other to. */
export const LIMITS = {
  frameBytes: 1_048_576,
  factBytes: FACT_BYTES,
  manifestBytes: 16_777_216,
  chunkBytes: CHUNK_BYTES,
  deltaBytes: 1_048_576,
  alertBytes: ALERT_BYTES_MAX,
  listRows: LIST_ROWS,
  crlBytes: 134_217_728,
  /** Versions of the root in one frame; further ones come in further frames. */
  roots: 16,
  /** What a platform may say: at once, and from then on. Every frame of facts may have its answer besides. */
  frames: { atOnce: 1_000, perSecond: 500 },
} as const;

/** Websocket close codes (RFC 6455 7.4.2: 4000-4999 are private). */
export const CLOSE = {
  /** A frame that is not of the protocol. */
  notOfTheProtocol: 4000,
  /** A newer socket of the same terminal took over. */
  replaced: 4001,
  /** The other side is not the platform, or not the terminal, that is known here. */
  identity: 4003,
  /** Two heartbeats were missed. */
  silent: 4008,
  tryLater: 1013,
} as const;

const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/u,
    'lower-case letters, digits, dot, dash, underscore; 64 at most',
  );
const sha256 = z.string().regex(/^[0-9a-f]{64}$/u, 'SHA-256 in lower-case hex');
const base64 = z.base64();
const instant = z.iso.datetime();
const count = z.int().nonnegative();

export const NAME = name;

const clockReading = z.strictObject({
  at: instant,
  quality: z.enum(['synced', 'holdover', 'unset']),
  mono: z.number(),
});

/** What a terminal may say. */
export const TERMINAL_FRAME = z.discriminatedUnion('frame', [
  z.strictObject({
    frame: z.literal('hello'),
    terminal: name,
    epoch: z.uuid(),
    boot: count,
    /** The newest fact of the ledger: a copy or a restored ledger is noticed by it. */
    last: z.strictObject({ seq: count, hash: sha256 }),
    lists: z.array(name).max(64),
    /** The version of the root that is held; 0 while there is none. */
    root: count.default(0),
    software: z.string().max(64),
    clock: clockReading,
    place: PLACE.exactOptional(),
  }),
  FACTS_FRAME,
  z.strictObject({ frame: z.literal('beat'), waiting: count, clock: clockReading }),
  /** For the terminal's next certificate: PKCS#10 for a new key, base64. Enrolled terminals only. */
  z.strictObject({ frame: z.literal('renew'), request: base64.max(4096) }),
  ASK_FRAME,
]);
export type TerminalFrame = z.infer<typeof TERMINAL_FRAME>;

/**
 * The newest version of a list, as a signed statement (CMS SignedData, base64), and the key that belongs to it.
 *
 * `wrapped`, for terminals that are enrolled: CMS EnvelopedData (RFC 5652 6), base64, for the key of the certificate that
 * the link shows: K_row and K_data of an entry list, in this order, or the PKCS#8 of the institution to be used. RSAES-OAEP
 * with its defaults; id-aes256-wrap for the former, id-aes256-wrap-pad for the latter; `KEY_PURPOSE` is the content type.
 * `key`, base64, for those that are not, whose link is a loopback link: the list key, or the same PKCS#8, in clear.
 */
export const HEAD_FRAME = z.strictObject({
  frame: z.literal('head'),
  statement: base64,
  key: base64.optional(),
  wrapped: z.array(base64.max(5_500)).min(1).max(2).optional(),
});
export type HeadFrame = z.infer<typeof HEAD_FRAME>;

/** What a platform may say. */
export const PLATFORM_FRAME = z.discriminatedUnion('frame', [
  z.strictObject({
    frame: z.literal('welcome'),
    now: instant,
    /** DER of the platform's self-issued CA certificate: pinned at first contact. */
    platform: base64,
    /** The platform holds every fact of this epoch up to here. */
    upto: count,
    hash: HELD_HASH.exactOptional(),
    credit: CREDIT,
    beatMs: z.int().min(100).max(600_000),
  }),
  ACK_FRAME,
  GAP_FRAME,
  SLOW_FRAME,
  HEAD_FRAME,
  /** Versions of the root, each the next one, from the one behind that which the terminal said it holds. */
  z.strictObject({
    frame: z.literal('root'),
    statements: z.array(base64).min(1).max(LIMITS.roots),
  }),
  /** Told again with every welcome until it expires; the terminal knows which it has decided on. */
  z.strictObject({ frame: z.literal('command'), statement: base64 }),
  ALERT_FRAME,
  POKE_FRAME,
  z.strictObject({ frame: z.literal('beat'), now: instant }),
  /** The certificate that was asked for, DER, base64; the one before counts until this one has connected. */
  z.strictObject({ frame: z.literal('renewed'), certificate: base64.max(8192) }),
  ANSWER_FRAME,
  FAULT_FRAME,
]);
export type PlatformFrame = z.infer<typeof PLATFORM_FRAME>;

/**
 * Signed objects: CMS SignedData (RFC 5652), one eContentType a kind, the signer's certificate inside, issued by the
 * platform's CA and carrying the same OID as its only extended key usage, its key named by the root. The arc is 1.3.6.1.4.1.32473, the
 * enterprise number for examples (RFC 5612), until the project has one of its own.
 */
export const SIGNED_KIND = {
  head: '1.3.6.1.4.1.32473.5730.1.1',
  'entry-list': '1.3.6.1.4.1.32473.5730.1.2',
  trust: '1.3.6.1.4.1.32473.5730.1.3',
  institution: '1.3.6.1.4.1.32473.5730.1.4',
  root: '1.3.6.1.4.1.32473.5730.1.5',
  command: '1.3.6.1.4.1.32473.5730.1.6',
  /** What a municipality issued (certificate-protocol.ts): a key of each one's own. */
  'issue-manifest': '1.3.6.1.4.1.32473.5730.1.7',
  /** What a municipality tells people to do: a CAP document as it is, by a key of each one's own. */
  alert: '1.3.6.1.4.1.32473.5730.1.8',
} as const;
export type SignedKind = keyof typeof SIGNED_KIND;
/** Kinds that a key of the platform signs because the root names it for that; the root is signed by the root keys. */
export type RoleKind = Exclude<SignedKind, 'root'>;
/** What the root names keys for. */
export type RoleName = RoleKind | AlertRole;

/** How many root keys there are, and how many of them must agree. */
export const ROOT_KEYS = { count: 3, threshold: 2 } as const;

/**
 * Who may say what: the offline root names the key of each role by the SHA-256 of its SubjectPublicKeyInfo (DER). CMS
 * SignedData without certificates; each signer is named by the SHA-256 of its key as subjectKeyIdentifier (RFC 5652
 * 5.3). A version is signed by the threshold of its own keys and of those of the version before.
 */
export const ROOT = z.strictObject({
  kind: z.literal('root'),
  version: z.int().positive(),
  issuedAt: instant,
  expires: instant,
  /** SubjectPublicKeyInfo, DER. */
  keys: z.array(base64.max(1024)).length(ROOT_KEYS.count),
  threshold: z.literal(ROOT_KEYS.threshold),
  /** A terminal heeds the roles that it knows; of one that is missing, nobody signs anything. */
  roles: z.record(name, z.array(sha256).min(1).max(64)),
  /** DER of the platform's CA certificate. Another CA is another platform. */
  platformCa: base64.max(8192),
});
export type RootStatement = z.infer<typeof ROOT>;

/** "At `at`, version `version` of `list` was the newest." A withheld list ages because this statement is short-lived. */
export const HEAD = z.strictObject({
  kind: z.literal('head'),
  of: z.enum(['entry-list', 'trust', 'institution']),
  list: name,
  version: z.int().positive(),
  root: sha256,
  /** Where the signed manifest is: `/objects/<manifest>`. */
  manifest: sha256,
  at: instant,
  expires: instant,
});
export type Head = z.infer<typeof HEAD>;

/**
 * What a wrapped key is for: the type of the content of its EnvelopedData (RFC 5652 6). `row` and `data`: K_row and K_data
 * of an entry list, 32 bytes; `institution`: PKCS#8.
 */
export const KEY_PURPOSE = {
  row: '1.3.6.1.4.1.32473.5730.2.1',
  data: '1.3.6.1.4.1.32473.5730.2.2',
  institution: '1.3.6.1.4.1.32473.5730.2.3',
} as const;
export type KeyPurpose = keyof typeof KEY_PURPOSE;

/** Stands for a certificate, and is none: with its converted value a manifest names the list key of its rows. */
export const KEY_ID_PROBE = Buffer.from('kazasu-key-id-1', 'latin1');

export const ENTRY_LIST_MANIFEST = z.strictObject({
  kind: z.literal('entry-list'),
  list: name,
  title: z.string().min(1).max(200),
  version: z.int().positive(),
  root: sha256,
  rows: z.int().nonnegative().max(LIMITS.listRows),
  chunks: z.array(sha256).max(65_536),
  issuedAt: instant,
  validFrom: instant,
  validTo: instant,
  assurance: z.enum(ASSURANCE_LEVELS),
  staleness: z.strictObject({
    oldAfterHours: z.number().positive(),
    tooOldAfterHours: z.number().positive(),
    whenTooOld: z.enum(['admit', 'refuse']),
  }),
  reentry: z.literal('after-exit').exactOptional(),
  audience: z.array(name),
  place: z.string().max(200),
  startsAt: instant.nullable(),
  /** The converted value of `KEY_ID_PROBE`: the list key comes beside the signed head, not in it. */
  keyId: sha256.exactOptional(),
  /** The same under K_data, which is what opens the rows. */
  dataKeyId: sha256.exactOptional(),
  delta: z
    .strictObject({
      base: z.int().positive(),
      baseRoot: sha256,
      object: sha256,
      bytes: z.int().positive().max(LIMITS.deltaBytes),
    })
    .exactOptional(),
}) satisfies z.ZodType<EntryListManifest>;

/**
 * A revocation list, full or delta: its DER is its chunks one after the other, fetched as objects, so that a list of
 * forty megabytes is resumed where it stopped. A small one is a single chunk.
 */
const crl = z.strictObject({
  /** Of the whole DER. */
  sha256,
  bytes: z.int().positive().max(LIMITS.crlBytes),
  chunks: z.array(sha256).min(1).max(512),
});
export type ManifestCrl = z.infer<typeof crl>;

/**
 * Anchors and revocation lists are a list too, always called `trust`. `root` = SHA-256 over the hashes of the anchors
 * and of the CRLs, in order.
 */
export const TRUST_MANIFEST = z.strictObject({
  kind: z.literal('trust'),
  list: z.literal('trust'),
  version: z.int().positive(),
  root: sha256,
  issuedAt: instant,
  /** SHA-256 of each DER certificate, fetched as an object. */
  anchors: z.array(sha256).max(64),
  /** Of each anchor one full list and one delta at most. */
  crls: z.array(crl).max(128),
});
export type TrustManifest = z.infer<typeof TRUST_MANIFEST>;

/**
 * In whose name cards are asked for their proof; always called `institution`. `root` = SHA-256 over the SHA-256 of each
 * certificate in order.
 */
export const INSTITUTION_MANIFEST = z.strictObject({
  kind: z.literal('institution'),
  list: z.literal('institution'),
  version: z.int().positive(),
  root: sha256,
  issuedAt: instant,
  /** Card-verifiable certificates in force: the objects 5F4E and 5F37, one after the other. */
  institutions: z.array(base64.max(1024)).max(16),
});
export type InstitutionManifest = z.infer<typeof INSTITUTION_MANIFEST>;

/** The longest life of a command: terminals that were away for longer have it refused as expired. */
const COMMAND_LIFE_MS_MAX = 7 * 86_400_000;

/** What is asked of terminals. `number` rises with every command that the same key signs. */
export const COMMAND = z
  .strictObject({
    kind: z.literal('command'),
    id: z.uuid(),
    number: z.int().positive(),
    to: z.union([z.literal('all'), z.array(name).min(1).max(1000)]),
    issuedAt: instant,
    expires: instant,
    /** Which one; one that a terminal does not know, it refuses. */
    do: z.strictObject({ name, role: ROLE_ORDER.exactOptional() }),
  })
  .refine(
    ({ issuedAt, expires }) => Date.parse(expires) - Date.parse(issuedAt) <= COMMAND_LIFE_MS_MAX,
    'a command lives for a week at most',
  )
  .refine(isRoleOrderInForm, 'a role is one terminal’s, and comes with "take-role" alone');
export type CommandStatement = z.infer<typeof COMMAND>;

/**
 * `POST /enrol` over TLS, with the code's secret, once the terminal has checked the platform's CA against the code. The
 * same secret with the same key gets the same certificate again: an answer may be lost on the way.
 */
export const ENROL_PATH = '/enrol';
export const ENROL_REQUEST = z.strictObject({
  terminal: name,
  /** Base64. */
  secret: base64.length(12),
  /** PKCS#10, DER, base64: an RSA-2048 key, subject CN = the terminal's name. */
  request: base64.max(4096),
});
export const ENROL_ANSWER = z.discriminatedUnion('result', [
  z.strictObject({
    result: z.literal('enrolled'),
    /** DER of the terminal's certificate. */
    certificate: base64.max(8192),
    now: instant,
  }),
  z.strictObject({
    result: z.literal('refused'),
    reason: z.enum(['wrong-code', 'code-expired', 'code-used', 'bad-request']),
  }),
]);
export type EnrolAnswer = z.infer<typeof ENROL_ANSWER>;

/** Why a TLS client gets a 403; in the header of that name, with the platform's time in `date`. */
export const REFUSED_HEADER = 'kazasu-refused';
export const CLIENT_REFUSAL = z.enum([
  'no-certificate',
  'unknown-certificate',
  'replaced',
  'revoked',
  'link-certificate',
  'link-certificate-dates',
  'expired',
  'quarantined',
]);
export type ClientRefusal = z.infer<typeof CLIENT_REFUSAL>;

/**
 * A delta is no signed object: the signed manifest of its target names it by hash, together with the version and root
 * that it starts from. Patches of chunks one after the other, each
 *
 *     from (32) || to (32) || count of keys (4) || keys (32 each) || length of rows (4) || rows as in a chunk
 *
 * with big-endian numbers. `from`: the chunk of the base that changes, or zeros for a chunk of new rows alone; `to`: the
 * chunk of the target that comes of it. `keys`: the rows to take out; `rows`: those to add or to put in the place of
 * the row with the same key; both ascending. Patches stand in the order of the chunks, in base and target.
 */
export const DELTA_FROM_NOTHING = '0'.repeat(64);
