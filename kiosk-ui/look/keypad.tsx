/** The pads on which a number is typed. They send each character and keep none. */

import type { ComponentChildren } from 'preact';
import { Ruby } from './ruby.tsx';

export interface PadKey {
  readonly id: string;
  /** May carry ruby. */
  readonly text: string;
  readonly onPress: () => void;
  /** A word, not a character. */
  readonly word?: boolean;
  /** The key that ends the typing. */
  readonly go?: boolean;
  /** Of a key that changes what the others are. */
  readonly chosen?: boolean;
  /** Where it stands, if the arrangement does not say so; from 1. */
  readonly place?: { readonly column: number; readonly row: number };
}

interface PadProps {
  /** Names the arrangement, which the style sheet gives. */
  readonly kind: 'pin' | 'digits' | 'letters' | 'number' | 'password' | 'kana' | 'syllabary';
  /** Of the group, for assistive technology. */
  readonly label: string;
  /** Nothing can be typed now. */
  readonly resting: boolean;
  /** In reading order; the first one has the focus first. */
  readonly keys: readonly PadKey[];
}

export function Keypad({ kind, label, resting, keys }: PadProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset of buttons is no form
    <div class="pad" data-kind={kind} role="group" aria-label={label}>
      {keys.map(({ id, text, onPress, word = false, go = false, chosen, place }, index) => (
        <button
          type="button"
          key={id}
          class={go ? 'word go' : word ? 'word' : undefined}
          data-id={id}
          data-first={index === 0}
          style={place && { gridColumn: place.column, gridRow: place.row }}
          aria-disabled={resting}
          aria-pressed={chosen}
          onClick={resting ? undefined : onPress}
        >
          <Ruby text={text} />
        </button>
      ))}
    </div>
  );
}

/** The keys of some characters, in order. */
export function characterKeys(characters: string, type: (character: string) => void): PadKey[] {
  return [...characters].map((character) => ({
    id: character,
    text: character,
    onPress: () => type(character),
  }));
}

interface SlotsProps {
  /** How many are typed. */
  readonly filled: number;
  /** How many rings are shown at least. */
  readonly least: number;
  /** Says how many are typed, for assistive technology. */
  readonly label: ComponentChildren;
}

/** A filled ring for each character of a secret. */
export function Slots({ filled, least, label }: SlotsProps) {
  const count = Math.max(filled, least);
  return (
    <div class="slots">
      <span class="vh">{label}</span>
      {Array.from({ length: count }, (_, index) => (
        <i key={index} class={index < filled ? 'in' : ''} aria-hidden="true" />
      ))}
    </div>
  );
}
