/**
 * A certificate centre for the kiosk's own tests: it signs what it says with a municipality's key under a CA of its own, and
 * can be wrong in every way. The platform's real one is held against the same kiosk in the street.
 */

import {
  createCipheriv,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import * as pkijs from 'pkijs';
import { signCms } from '../../platform-sim/cms.ts';
import {
  extension,
  keyIdentifier,
  type Name,
  randomSerial,
  writeCertificate,
} from '../../platform-sim/x509.ts';
import type { DocumentType } from '../../src/domain/municipal-certificate.ts';
import {
  CERTIFICATE_SERVICES,
  type IssueAnswer,
  type IssueManifest,
  OWN_TOPOLOGY,
} from '../../src/link/certificate-protocol.ts';
import { type FetchObject, ObjectError } from '../../src/link/object-source.ts';
import { paperCodeMessage, writePaperCode } from '../../src/link/paper-code.ts';
import { SIGNED_KIND } from '../../src/link/protocol.ts';
import type { Ask, Asked, Question } from '../../src/link/questions.ts';
import { certifiedBy, type Signers } from '../../src/pki/signed-object.ts';

const DAY_MS = 86_400_000;
const CA: Name = [['CN', 'A CA of this test']];
export const TOWN = { code: '990011', name: '鷹ノ沢町' } as const;
export const TERMINAL = 'kiosk-1';
export const HOLDER = '山＊ 太＊';
export const FEE = 450;

interface Keys {
  readonly key: KeyObject;
  readonly certificate: Buffer;
}

/** What can be wrong; each is correctly signed unless it says otherwise. */
export interface Wrong {
  /** In the manifest. */
  readonly manifest?: Partial<IssueManifest>;
  /** Whose certificate the register record is linked with. */
  readonly certificate?: Uint8Array;
  /** In the codes alone. */
  readonly codes?: Partial<{ request: string; page: number; document: DocumentType }>;
  /** Instead of the document that the manifest is about. */
  readonly document?: (right: Buffer) => Buffer;
  /** Instead of the answer. */
  readonly answer?: (right: IssueAnswer) => IssueAnswer | Promise<IssueAnswer>;
  readonly silent?: true;
}

/** Makes a document of these codes, one a page. */
export type MakeDocument = (codes: readonly string[]) => Promise<Buffer>;

export class StandInCentre {
  readonly asked: Question[] = [];
  readonly pages: number;
  wrong: Wrong = {};
  topology: object = OWN_TOPOLOGY;
  /** So often is an object not reached. */
  unreachable = 0;
  readonly #ca = newCa();
  readonly #town = this.#signerFor(TOWN.code);
  readonly #objects = new Map<string, Buffer>();
  makeDocument: MakeDocument;

  constructor(pages: number, make: MakeDocument) {
    this.pages = pages;
    this.makeDocument = make;
  }

  get signers(): Signers {
    return certifiedBy(this.#ca.certificate);
  }

  /** Sealed documents that it still has. */
  get objects(): ReadonlyMap<string, Buffer> {
    return this.#objects;
  }

  readonly ask: Ask = async (question, signal): Promise<Asked> => {
    this.asked.push(question);
    const answer = await this.#answer(question);
    if (answer === null) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
    if (signal.aborted || answer === null) return { asked: 'broken-off' };
    return { asked: 'answered', body: JSON.stringify(answer) };
  };

  readonly fetchObject: FetchObject = async (sha256) => {
    if (this.unreachable > 0) {
      this.unreachable -= 1;
      throw new ObjectError('unreachable', 'cut');
    }
    const bytes = this.#objects.get(sha256);
    if (bytes === undefined) throw new ObjectError('not-found', 'gone');
    return Buffer.from(bytes);
  };

  async #answer(question: Question): Promise<object | null> {
    switch (question.service) {
      case CERTIFICATE_SERVICES.municipalities:
        return { topology: this.topology, municipalities: [] };
      case CERTIFICATE_SERVICES.offers:
        return { offers: [offer('family-register-individual'), closed('civil-status')] };
      default:
        return this.#issue(question);
    }
  }

  async #issue({ id, body, card }: Question): Promise<object | null> {
    const { wrong } = this;
    if (wrong.silent) return null;
    const { document, municipality, option, copies, fee } = JSON.parse(body);
    const der = wrong.certificate ?? Buffer.from(card?.certificate ?? '', 'base64');
    const issuedAt = new Date();
    const about = {
      request: id,
      subject: subjectOf(id, der),
      municipality: municipality as string,
      document: document as DocumentType,
    };
    const codes = Array.from({ length: this.pages }, (_, place) =>
      this.#code({ ...about, page: place + 1, pages: this.pages, issuedAt, ...wrong.codes }),
    );
    const right = await this.makeDocument(codes);
    const manifest: IssueManifest = {
      kind: 'issue-manifest',
      terminal: TERMINAL,
      ...about,
      option,
      copies,
      fee,
      pages: this.pages,
      sha256: sha256(right),
      issuedAt: issuedAt.toISOString(),
      ...wrong.manifest,
    };
    const answer = await this.#sealed(manifest, wrong.document?.(right) ?? right);
    return wrong.answer?.(answer) ?? answer;
  }

  async #sealed(manifest: IssueManifest, document: Buffer): Promise<IssueAnswer> {
    const { key, certificate } = this.#town;
    const is = pkijs.Certificate.fromBER(certificate);
    const type = SIGNED_KIND['issue-manifest'];
    const cms = await signCms(type, Buffer.from(JSON.stringify(manifest)), [{ key, is }]);
    const secret = randomBytes(32);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce);
    const sealed = [nonce, cipher.update(document), cipher.final(), cipher.getAuthTag()];
    const bytes = Buffer.concat(sealed);
    this.#objects.set(sha256(bytes), bytes);
    return {
      result: 'issued',
      manifest: cms.toString('base64'),
      object: sha256(bytes),
      key: secret.toString('base64'),
      holder: HOLDER,
    };
  }

  #code(code: Omit<Parameters<typeof paperCodeMessage>[0], 'keyId'>): string {
    const { key } = this.#town;
    const info = createPublicKey(key).export({ type: 'spki', format: 'der' });
    const message = paperCodeMessage({ ...code, keyId: sha256(info).slice(0, 8) });
    const signature = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    return writePaperCode(message, signature);
  }

  #signerFor(code: string): Keys {
    const { privateKey: key, publicKey } = newKey();
    const ca = new X509Certificate(this.#ca.certificate).publicKey;
    const certificate = writeCertificate({
      issuer: { name: CA, privateKey: this.#ca.key },
      subject: [['CN', code]],
      publicKey,
      serial: randomSerial(),
      ...life(),
      extensions: [
        extension.keyUsage(['digitalSignature']),
        extension.extendedKeyUsage([SIGNED_KIND['issue-manifest']], true),
        extension.authorityKeyIdentifier(keyIdentifier(ca)),
        extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
      ],
    });
    return { key, certificate };
  }
}

export function subjectOf(request: string, certificate: Uint8Array): string {
  const id = Buffer.from(request.replaceAll('-', ''), 'hex');
  return createHash('sha256').update(id).update(certificate).digest('hex');
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function offer(document: DocumentType) {
  return {
    document,
    municipality: TOWN,
    fee: FEE,
    options: ['plain'],
    copiesMax: 1,
    service: { open: true, until: '2026-11-20T14:00:00.000Z' },
  };
}

function closed(document: DocumentType) {
  return { ...offer(document), service: { open: false, reason: 'year-end', from: null } };
}

function newCa(): Keys {
  const { privateKey: key, publicKey } = newKey();
  const certificate = writeCertificate({
    issuer: { name: CA, privateKey: key },
    subject: CA,
    publicKey,
    serial: randomSerial(),
    ...life(),
    extensions: [
      extension.keyUsage(['keyCertSign', 'cRLSign']),
      extension.basicConstraints(true),
      extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
    ],
  });
  return { key, certificate };
}

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function life() {
  const now = Date.now();
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS) };
}
