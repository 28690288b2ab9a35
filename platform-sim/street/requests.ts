/** What can be asked of the street, by a command or by the page: one vocabulary, checked once. */

import { z } from 'zod';

const name = z.string().regex(/^[a-z0-9-]{1,60}$/u, 'a name of small letters, digits and hyphens');

/** Which terminal is meant; without it, the gate. */
const at = name.exactOptional();

/** What the event's list may ask cards for here. */
export const STREET_ASSURANCES = ['identified', 'possession'] as const;
export type StreetAssurance = (typeof STREET_ASSURANCES)[number];

export const REQUEST = z.discriminatedUnion('do', [
  /** Holds the card until the terminal has answered, then takes it away; `early`: in the middle of the reading. */
  z.strictObject({ do: z.literal('tap'), who: name, at, early: z.boolean().exactOptional() }),
  /** Lays the card on the reader. A card that lies there is taken away first. */
  z.strictObject({ do: z.literal('hold'), who: name, at }),
  /** Without a terminal: from whichever reader it lies on. */
  z.strictObject({ do: z.literal('remove'), at }),
  z.strictObject({ do: z.literal('fault'), name, at }),
  /** Without a name: everything that is broken is mended. Without a terminal: at all of them. */
  z.strictObject({ do: z.literal('restore'), name: name.exactOptional(), at }),
  z.strictObject({ do: z.literal('play'), name }),
  z.strictObject({ do: z.literal('assurance'), level: z.enum(STREET_ASSURANCES) }),
  /** The holder's municipality opens a blocked card again. */
  z.strictObject({ do: z.literal('reset-pin'), who: name }),
  z.strictObject({ do: z.literal('walk') }),
  z.strictObject({ do: z.literal('reset') }),
  z.strictObject({ do: z.literal('people') }),
  z.strictObject({ do: z.literal('papers') }),
  z.strictObject({ do: z.literal('scenarios') }),
  z.strictObject({ do: z.literal('health') }),
  z.strictObject({ do: z.literal('platform') }),
]);
export type Request = z.infer<typeof REQUEST>;

/** What a page sends: a request with a number that the answer carries. */
export const FROM_PAGE = z.strictObject({
  type: z.literal('ask'),
  id: z.int().nonnegative(),
  request: REQUEST,
});
export type FromPage = z.infer<typeof FROM_PAGE>;

/** Throws what is wrong with it, in words. */
export function parseRequest(unchecked: unknown): Request {
  const parsed = REQUEST.safeParse(unchecked);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}
