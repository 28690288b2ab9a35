/** The table `[transfer]` of the configuration: facts that go by stick when there is no network for weeks. */

import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { isSecureUrl } from './link/connection.ts';

const RSA_BITS_MIN = 2_048;

export const TRANSFER = z.strictObject({
  /** Where the service manager mounts whatever is put in. */
  mount: z.string().refine(isAbsolute, { error: 'an absolute path, like "/media/kazasu"' }),
  /** PEM: the certificate of whoever opens the parcels. */
  recipient: z.string().transform((file, context) => {
    const read = recipientIn(file);
    if (typeof read !== 'string') return read;
    context.addIssue({ code: 'custom', message: read });
    return z.NEVER;
  }),
});

/** Parcels are signed by the key of the enrolment: it has to be there. */
export function checkTransfer(
  {
    transfer,
    platform,
  }: { readonly transfer?: object | undefined; readonly platform: { readonly url: string } },
  context: z.RefinementCtx,
): void {
  if (transfer === undefined || isSecureUrl(platform.url)) return;
  const message = 'needs a terminal that is enrolled: [platform] "url" with wss://';
  context.addIssue({ code: 'custom', path: ['transfer'], message });
}

/** In words, what is wrong with it. */
function recipientIn(file: string): X509Certificate | string {
  try {
    const certificate = new X509Certificate(readFileSync(file));
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    const isEnough = (asymmetricKeyDetails?.modulusLength ?? 0) >= RSA_BITS_MIN;
    if (asymmetricKeyType === 'rsa' && isEnough) return certificate;
    return 'a certificate with an RSA key of 2048 bits at least';
  } catch (error) {
    return `a file with a certificate (PEM): ${error instanceof Error ? error.message : ''}`;
  }
}
