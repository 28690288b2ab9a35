/** The card at a kiosk: bring it, leave it, take it; and whether somebody is still there. */

import type { ComponentChildren } from 'preact';
import { Key } from '../look/key.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import type { Draw, Hand, ScreenOf, View } from './view.ts';

export const placeCard: Draw<'place-card'> = ({ progress, again }, hand) => {
  const { placeCard: words, keys } = hand.text.kiosk;
  return {
    layout: 'kiosk-show',
    progress,
    ring: { state: 'waiting' },
    here: true,
    title: again === null ? words.title : words.again,
    words: (
      <>
        <p class={again === null ? undefined : 'warning'}>
          <Sentences text={again === null ? words.body : hand.text.reasons[again].why} />
        </p>
        <p class="note">
          <Ruby text={words.note} />
        </p>
      </>
    ),
    foot: <BackKey hand={hand} text={keys.back} />,
  };
};

export const working: Draw<'working'> = ({ progress, at }, hand) => {
  const { title, body } = hand.text.kiosk.working[at];
  return {
    layout: 'kiosk-show',
    progress,
    // The card has been taken when the payment is settled.
    ring: at === 'settling' ? { state: 'done', inside: '', alone: true } : { state: 'hold' },
    title,
    words: (
      <p class="lead">
        <Sentences text={body} />
      </p>
    ),
  };
};

/** `take-card` of an errand: what follows is said, and shown in the order in which it is to be taken. */
export function takeCard(
  { follows, urgency = 0, sheets }: ScreenOf<'take-card'>,
  { text }: Hand,
): View {
  const { takeCard: words, sheets: counted } = text.kiosk;
  const { title, body } = words[follows ?? 'nothing'];
  const { slots } = words;
  return {
    layout: 'kiosk-show',
    ...(follows === 'paper' ? { progress: { of: 'order', step: 'print' } as const } : {}),
    ring: { state: 'take' },
    title,
    titleSize: 'shout',
    words: (
      <p class={urgency > 0 ? 'warning' : 'lead'}>
        <Sentences text={urgency > 0 ? words.urgent : body} />
      </p>
    ),
    ...(follows === 'paper'
      ? {
          hands: (
            <ol class="order-of-taking">
              <Slot now name={slots.card} when={slots.now} />
              <Slot name={slots.paper} when={slots.after}>
                {sheets !== undefined && <Ruby text={counted({ sheets })} />}
              </Slot>
              <Slot name={slots.receipt} when={slots.after} />
            </ol>
          ),
        }
      : {}),
  };
}

interface SlotProps {
  readonly name: string;
  readonly when: string;
  readonly now?: boolean;
  readonly children?: ComponentChildren;
}

function Slot({ name, when, now = false, children }: SlotProps) {
  return (
    <li aria-current={now ? 'step' : undefined}>
      <b>
        <Ruby text={name} /> {children}
      </b>
      <span>
        <Ruby text={when} />
      </span>
    </li>
  );
}

export const stillThere: Draw<'still-there'> = ({ seconds }, hand) => {
  const { stillThere: words, keys } = hand.text.kiosk;
  return {
    layout: 'kiosk-show',
    ring: { state: 'waiting', inside: <span class="count">{seconds}</span>, alone: true },
    title: words.title,
    words: (
      <p class="lead">
        <Sentences text={words.body({ seconds })} />
      </p>
    ),
    hands: (
      <div class="decide">
        <Key
          kind="main"
          text={hand.text.staff.keys.stay}
          onPress={() => hand.press({ key: 'stay' })}
          first
        />
      </div>
    ),
    foot: <BackKey hand={hand} text={keys.stop} />,
  };
};
