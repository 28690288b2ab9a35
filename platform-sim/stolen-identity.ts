/** Somebody who has a terminal's certificate, and with luck its key: he certifies a link key, as the terminal does at each start. */

import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { openKey } from './key-envelope.ts';
import { extension, keyIdentifier, randomSerial, writeCertificate } from './x509.ts';

const HOUR_MS = 3_600_000;
/** Together what the platform allows at most. */
const BACKDATED_MS = HOUR_MS;
const LIFE_MS = 23 * HOUR_MS;
const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** For TLS: PEM. */
export interface ForgedLink {
  readonly key: string;
  readonly cert: string;
}

export class StolenIdentity {
  readonly #terminal: string;
  readonly #certificate: X509Certificate;
  readonly #key: KeyObject | null;

  /** `key`: null where it does not show. */
  constructor(certificate: X509Certificate, key: KeyObject | null) {
    this.#terminal = /^CN=(.+)$/mu.exec(certificate.subject)?.[1] ?? '';
    this.#certificate = certificate;
    this.#key = key;
  }

  /** A link key that the terminal's key has certified; or, without it, a key of the thief's own. `now`: ms since the epoch. */
  link(now: number): ForgedLink {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const own = this.#key ?? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const certificate = writeCertificate({
      issuer: { name: [['CN', this.#terminal]], privateKey: own },
      subject: [['CN', `${this.#terminal} link`]],
      publicKey,
      serial: randomSerial(),
      notBefore: new Date(now - BACKDATED_MS),
      notAfter: new Date(now + LIFE_MS),
      extensions: [
        extension.basicConstraints(false),
        extension.keyUsage(['digitalSignature']),
        extension.extendedKeyUsage([CLIENT_AUTHENTICATION]),
        extension.authorityKeyIdentifier(keyIdentifier(this.#certificate.publicKey)),
        extension.subjectKeyIdentifier(keyIdentifier(publicKey)),
      ],
    });
    return {
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      cert: new X509Certificate(certificate).toString() + this.#certificate.toString(),
    };
  }

  /** A key that the platform wrapped for the terminal; null without the terminal's. */
  open(envelope: Buffer): Buffer | null {
    return this.#key === null ? null : openKey(envelope, this.#key);
  }
}
