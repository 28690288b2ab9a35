/** The table `[transfer]` of the configuration: facts that go by stick when there is no network for weeks. */

import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { isSecureUrl } from './link/connection.ts';
import { MunicipalitySeal, SealError } from './pki/seal-to-municipality.ts';

export const TRANSFER = z.strictObject({
  /** Where the service manager mounts whatever is put in. */
  mount: z.string().refine(isAbsolute, { error: 'an absolute path, like "/media/kazasu"' }),
  /** A file with the certificate (PEM or DER) of the municipality, which opens the parcels. */
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
function recipientIn(file: string): MunicipalitySeal | string {
  try {
    return MunicipalitySeal.of(file);
  } catch (error) {
    if (error instanceof SealError) return error.message;
    throw error;
  }
}
