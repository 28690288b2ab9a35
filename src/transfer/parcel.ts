/**
 * A parcel: facts of one terminal that go another way than over the link. Sealed for the municipality, so that whoever finds
 * the stick learns nothing, and signed by the terminal around the seal, so that nothing is opened that it did not make. Each
 * fact keeps its epoch and number: taken in twice, or in another order, it changes nothing.
 */

import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { z } from 'zod';
import { KeyStoreError } from '../keys/key-store.ts';
import type { Enrolled } from '../link/identity.ts';
import type { RESCUE_END, RESCUE_HEADER } from '../link/upload-protocol.ts';
import type { Signer } from '../pki/issuing.ts';
import type { MunicipalitySeal } from '../pki/seal-to-municipality.ts';
import { contentToSign, signedContent } from '../pki/signed-content.ts';

export interface ParcelParts {
  readonly terminal: string;
  /** The exact texts of the facts, one after the other. */
  readonly texts: readonly string[];
  /** For whom it is. */
  readonly recipient: MunicipalitySeal;
  readonly signing: { readonly enrolled: Enrolled; readonly key: Signer };
  readonly at: Date;
}

/** DER. Rejects with KeyStoreError when the key store does not sign now. */
export async function makeParcel(parts: ParcelParts): Promise<Buffer> {
  const { recipient, signing, at } = parts;
  const content = await promisify(gzip)(linesOf(parts));
  const toSign = contentToSign(recipient.envelope(content), at);
  const { certificate } = signing.enrolled;
  const message = Buffer.concat([toSign.message, hash('sha256', certificate, 'buffer')]);
  const signature = await signing.key.sign(message);
  if (signature === null) throw new KeyStoreError('the key store did not sign');
  return signedContent(toSign, { signingCertificate: certificate, signature });
}

/** As `kazasu journal rescue` writes them. */
function linesOf({ terminal, texts, at }: ParcelParts): Buffer {
  const header: z.infer<typeof RESCUE_HEADER> = {
    ...{ kazasu: 'rescue-1', terminal },
    made: at.toISOString(),
  };
  const body = `${[JSON.stringify(header), ...texts].join('\n')}\n`;
  const end: z.infer<typeof RESCUE_END> = {
    ...{ kazasu: 'rescue-end', facts: texts.length, lost: null },
    sha256: hash('sha256', body),
  };
  return Buffer.from(`${body}${JSON.stringify(end)}\n`, 'utf8');
}
