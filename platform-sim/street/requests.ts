/** What can be asked of the street, by a command or by the page: one vocabulary, checked once. */

import { z } from 'zod';
import { ALERT_LEVELS } from '../../src/domain/alert.ts';
import { REMOTE_BUTTONS } from '../../src/domain/remote.ts';
import { STREET_PIECES } from './messages.ts';

const name = z.string().regex(/^[a-z0-9-]{1,60}$/u, 'a name of small letters, digits and hyphens');

/** Which terminal is meant; without it, the gate, or the kiosk where it is about money, or the television. */
const at = name.exactOptional();

/** Of an application, as the receipt has it. */
const number = z.string().regex(/^[0-9A-Za-z-]{1,40}$/u, 'the number of an application');

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
  /** Money: a coin or a note, e-money (of whoever holds a card there unless named), what lies in the tray. */
  z.strictObject({ do: z.literal('pay'), piece: z.literal(STREET_PIECES), at }),
  z.strictObject({ do: z.literal('touch'), who: name.exactOptional(), at }),
  z.strictObject({ do: z.literal('take-change'), at }),
  /** What the clerk of a municipality decides. */
  z.strictObject({ do: z.literal('accept'), number }),
  z.strictObject({ do: z.literal('refuse'), number }),
  /** Whose paper this is: the text of its code. */
  z.strictObject({ do: z.literal('verify'), code: z.string().max(1_000) }),
  /** And of one that came out here, by its number. */
  z.strictObject({ do: z.literal('verify-paper'), paper: z.int().positive() }),
  z.strictObject({ do: z.literal('applications') }),
  /** A button of the television's remote control. */
  z.strictObject({ do: z.literal('press'), button: z.enum(REMOTE_BUTTONS), at }),
  /** Somebody's card is linked to the television, with all that is pressed for it. */
  z.strictObject({ do: z.literal('link'), who: name, at }),
  /** What the two clerks of the municipality do: one proposes, the other consents. Level 4, unless told. */
  z.strictObject({
    do: z.literal('alert'),
    is: z.enum(['raise', 'cancel', 'all-clear']),
    level: z.literal(ALERT_LEVELS).exactOptional(),
    drill: z.boolean().exactOptional(),
  }),
  /** How it stands with everybody of the municipality. */
  z.strictObject({ do: z.literal('evacuation') }),
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
