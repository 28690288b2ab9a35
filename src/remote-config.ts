/** The tables of the configuration for a television: its remote control, and what switches it on. */

import { z } from 'zod';
import { REMOTE_BUTTONS, type RemoteButton, usageOf } from './domain/remote.ts';

const id = z.int().min(1).max(0xffff);

const usage = z.string().refine((text) => usageOf(text) !== null, {
  error: 'a usage like "keyboard:0x29" or "consumer:0x6b"',
});

/** Each button that is not where most remote controls have it. */
const KEYS = z
  .strictObject(
    Object.fromEntries(REMOTE_BUTTONS.map((button) => [button, usage.optional()])) as Record<
      RemoteButton,
      z.ZodOptional<typeof usage>
    >,
  )
  .superRefine((keys, context) => {
    const taken = new Map<string, string>();
    for (const [button, text = ''] of Object.entries(keys)) {
      const other = taken.get(text);
      if (other !== undefined) {
        context.addIssue({ code: 'custom', path: [button], message: `"${other}" has it already` });
      }
      taken.set(text, button);
    }
  });

export const REMOTE = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('hid'),
    /** Of its USB device, as `lsusb` shows them: 0x1234. */
    vendor: id,
    product: id,
    keys: KEYS.optional(),
  }),
  z.strictObject({ driver: z.literal('simulated'), keys: KEYS.optional() }),
]);

export const TV_POWER = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('cec'),
    /** The adapter: /dev/cec0. */
    path: z.string().regex(/^\/dev\/cec\d{1,2}$/u, { error: 'an adapter like "/dev/cec0"' }),
  }),
  z.strictObject({ driver: z.literal('simulated') }),
]);
