/** What a finger or Enter presses. */

import { Icon, type IconName } from './icons.tsx';
import { Ruby } from './ruby.tsx';

export interface KeyProps {
  /** May carry ruby. */
  readonly text: string;
  readonly onPress: () => void;
  /** `main`: what most people came for; `quiet`: the way back. */
  readonly kind?: 'main' | 'quiet';
  readonly icon?: IconName;
  /** Where the focus is first on its screen. */
  readonly first?: boolean;
  /** Not offered now: not seen and not reached, its place kept. */
  readonly away?: boolean;
}

export function Key({ text, onPress, kind, icon, first = false, away = false }: KeyProps) {
  return (
    <button
      type="button"
      class={kind === undefined ? 'key' : `key ${kind}`}
      onClick={onPress}
      disabled={away}
      data-first={first}
    >
      {icon !== undefined && <Icon name={icon} />}
      <span>
        <Ruby text={text} />
      </span>
    </button>
  );
}
