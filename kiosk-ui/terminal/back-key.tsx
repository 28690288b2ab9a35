/** The way back, where a screen has one; while it has none, its place is kept. */

import { Key } from '../look/key.tsx';
import type { Hand } from './view.ts';

interface BackKeyProps {
  readonly hand: Hand;
  /** Where back means leaving. May carry ruby. */
  readonly text?: string;
  readonly first?: boolean;
}

export function BackKey({ hand, text, first = false }: BackKeyProps) {
  return (
    <Key
      kind="quiet"
      icon="left"
      text={text ?? hand.text.staff.keys.back}
      onPress={() => hand.press({ key: 'back' })}
      first={first}
      away={!hand.offers('back')}
    />
  );
}
