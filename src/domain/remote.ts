/** A television's remote control: its buttons by name, whatever they are on the wire. */

/** What the page of the screen does with a focus of its own, as with the keys of a keyboard. */
export const PAGE_BUTTONS = ['up', 'down', 'left', 'right', 'ok', 'back'] as const;
export type PageButton = (typeof PAGE_BUTTONS)[number];

/** What a screen gives a meaning of its own; yellow is the next language everywhere. */
export const COLOUR_BUTTONS = ['blue', 'red', 'green'] as const;
export type ColourButton = (typeof COLOUR_BUTTONS)[number];

export const REMOTE_BUTTONS = [
  ...PAGE_BUTTONS,
  ...COLOUR_BUTTONS,
  'yellow',
  'digit-0',
  'digit-1',
  'digit-2',
  'digit-3',
  'digit-4',
  'digit-5',
  'digit-6',
  'digit-7',
  'digit-8',
  'digit-9',
  'volume-up',
  'volume-down',
] as const;
export type RemoteButton = (typeof REMOTE_BUTTONS)[number];

/** What goes on while it is held. A finger that rests on a digit or on OK types and answers once. */
export const REPEATING_BUTTONS: ReadonlySet<RemoteButton> = new Set([
  'up',
  'down',
  'left',
  'right',
  'volume-up',
  'volume-down',
]);

export interface RemotePress {
  readonly button: RemoteButton;
  /** It has been held; the first press came before. */
  readonly isRepeat: boolean;
  /** Nothing but this terminal gets the keys of that remote control. */
  readonly isPrivate: boolean;
}

/** What somebody presses from the sofa. */
export interface RemotePresses {
  /** Calls the listener until the returned function is called. */
  watch(listener: (press: RemotePress) => void): () => void;
  /** A digit of a secret came from a remote control whose keys could reach something else, and was not taken. */
  refuseDigit(): void;
}

/** Usage pages of the HID Usage Tables. */
export const USAGE_PAGES = { keyboard: 0x07, consumer: 0x0c } as const;

const USAGE = /^(keyboard|consumer):0x([0-9a-f]{1,4})$/u;

/** The extended usage (HID 1.11 6.2.2.8: page in the upper 16 bits) of e.g. `consumer:0x6b`; null for any other text. */
export function usageOf(text: string): number | null {
  const [, page, id = ''] = USAGE.exec(text) ?? [];
  if (page === undefined) return null;
  return USAGE_PAGES[page as keyof typeof USAGE_PAGES] * 0x1_0000 + Number.parseInt(id, 16);
}
