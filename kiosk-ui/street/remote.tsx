/**
 * The television's remote control as it lies on the table: every button that it has, and the ring on which a card can
 * rest. Whoever is at it with a keyboard also has the arrows, the digits and Backspace.
 */

import type { ComponentChildren } from 'preact';
import type { PlaceShown, StreetState } from '../../platform-sim/street/messages.ts';
import type { RemoteButton } from '../../src/domain/remote.ts';
import { Ring } from './device.tsx';
import { inWords, text } from './language.ts';
import { ask } from './link.ts';

const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] as const;
/** In the order in which every remote control of Japan has them. */
const COLOURS = ['blue', 'red', 'green', 'yellow'] as const satisfies readonly RemoteButton[];

/** Row by row, as they lie. */
const WHEEL = [
  'back',
  'up',
  'volume-up',
  'left',
  'ok',
  'right',
  'down',
  'volume-down',
] as const satisfies readonly RemoteButton[];

const DRAWN = {
  ...{ up: 'M6 15l6-6 6 6', down: 'M6 9l6 6 6-6', left: 'M15 6l-6 6 6 6', right: 'M9 6l6 6-6 6' },
  back: 'M9 6 4.5 10.5 9 15M4.5 10.5H15a4.5 4.5 0 0 1 0 9h-3',
  'volume-up': 'M3 9.5v5h3l4.5 4v-13L6 9.5zM14 12h7M17.5 8.5v7',
  'volume-down': 'M3 9.5v5h3l4.5 4v-13L6 9.5zM14 12h7',
} as const;

/** What a key of the keyboard is on it; Enter and the space bar press whatever has the focus. */
const KEYS: Readonly<Record<string, RemoteButton | undefined>> = {
  ...{ ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' },
  Backspace: 'back',
  ...Object.fromEntries(DIGITS.map((digit) => [`${digit}`, `digit-${digit}` as const])),
};

export function Remote(props: { readonly place: PlaceShown; readonly state: StreetState }) {
  const { place, state } = props;
  const words = text.value.remoteControl;
  const press = (button: RemoteButton) => ask({ do: 'press', button, at: place.id });
  const onKeyDown = (event: KeyboardEvent) => {
    const button = KEYS[event.key];
    if (button === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    // A finger that rests on a key presses once: the street answers each press.
    if (!event.repeat) press(button);
  };
  return (
    <fieldset
      class="remote"
      aria-label={`${words.label} (${inWords(place.name)})`}
      onKeyDown={onKeyDown}
    >
      <Ring place={place} state={state} at={{ left: '35px', top: '8px' }} />
      <div class="wheel">
        {WHEEL.map((button) => (
          <Button key={button} button={button} label={words.buttons[button]} press={press}>
            {button === 'ok' ? (
              'OK'
            ) : (
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <path d={DRAWN[button]} />
              </svg>
            )}
          </Button>
        ))}
      </div>
      <div class="colours">
        {COLOURS.map((button) => (
          <Button key={button} button={button} label={words.buttons[button]} press={press}>
            {words.printed[button]}
          </Button>
        ))}
      </div>
      <div class="digits">
        {DIGITS.map((digit) => (
          <Button key={digit} button={`digit-${digit}`} label={`${digit}`} press={press}>
            {digit}
          </Button>
        ))}
      </div>
    </fieldset>
  );
}

function Button(props: {
  readonly button: RemoteButton;
  readonly label: string;
  readonly press: (button: RemoteButton) => void;
  readonly children: ComponentChildren;
}) {
  const { button, label, press, children } = props;
  return (
    <button type="button" data-button={button} aria-label={label} onClick={() => press(button)}>
      {children}
    </button>
  );
}
