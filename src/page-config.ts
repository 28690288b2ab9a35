/** The table `[page]` of the configuration: the printer of certificates. */

import { z } from 'zod';

/**
 * Certificates go to the printer as they are, so it is on this machine: by its own cable (ipp-usb) or through a tunnel
 * that ends here.
 */
const IPP_URL = /^ipp:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?\/[\w./-]{0,200}$/u;

export const PAGE = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('ipp'),
    url: z.string().refine((url) => IPP_URL.test(url) && URL.canParse(url), {
      error: 'an address of this machine like "ipp://127.0.0.1:60000/ipp/print"',
    }),
    /** The one printer that may stand there; without it, whichever answers. */
    uuid: z
      .string()
      .regex(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu, {
        error: 'what the printer calls "printer-uuid", like "urn:uuid:..."',
      })
      .optional(),
  }),
  z.strictObject({ driver: z.literal('simulated') }),
]);
