/** What every screen of a television has: the room that it fills, the keys of the remote control, language and sound. */

import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { LANGUAGES } from '../../src/domain/screen.ts';
import type { PersonShown } from '../../src/domain/television-screen.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { romaji } from '../../src/text/romaji.ts';
import { Icon, type IconName } from '../look/icons.tsx';
import { Ruby } from '../look/ruby.tsx';
import { fitText } from './fit.ts';
import type { Hand } from './view.ts';

interface RoomProps {
  /** Which screen, for the style sheet. */
  readonly name: string;
  /** Of an alert: 2 to 5, or that it is over. */
  readonly level?: number | 'over';
  readonly children: ComponentChildren;
}

export function Room({ name, level, children }: RoomProps) {
  const room = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const fitAgain = () => {
      if (room.current !== null) fitText(room.current);
    };
    fitAgain();
    window.addEventListener('resize', fitAgain);
    return () => window.removeEventListener('resize', fitAgain);
  });
  return (
    <main class="stage tv" data-room={name} data-level={level} ref={room}>
      {children}
    </main>
  );
}

/** Whoever has no yellow key, or no remote control, presses it on the screen. */
export function LanguageKey({ hand }: { readonly hand: Hand }) {
  const next = LANGUAGES[(LANGUAGES.indexOf(hand.language) + 1) % LANGUAGES.length] ?? 'ja';
  return (
    <button
      type="button"
      class="hint"
      onClick={() => hand.press({ key: 'language', language: next })}
    >
      <kbd class="yellow">
        <Ruby text={hand.text.television.keys.colours.yellow} />
      </kbd>
      <span lang={next === 'ja-simple' ? 'ja' : next}>{catalogueOf(next).languages[next]}</span>
    </button>
  );
}

export function SoundKey({ hand }: { readonly hand: Hand }) {
  return (
    <button type="button" class="hint" onClick={() => hand.press({ key: 'sound' })}>
      <Icon name={hand.sound} />
      <span>
        <Ruby text={hand.text.bar.sound[hand.sound]} />
      </span>
    </button>
  );
}

/** What the remote control's keys do here, and the two that do the same everywhere. */
export function RemoteHints({ hand }: { readonly hand: Hand }) {
  const { keys } = hand.text.television;
  return (
    <footer class="hints">
      <p class="hint">
        <kbd>↑ ↓</kbd>
        <span>
          <Ruby text={keys.arrows} />
        </span>
      </p>
      <p class="hint">
        <kbd>OK</kbd>
        <span>
          <Ruby text={keys.ok} />
        </span>
      </p>
      <LanguageKey hand={hand} />
      <SoundKey hand={hand} />
    </footer>
  );
}

interface TvKeyProps {
  /** May carry ruby. */
  readonly text: string;
  readonly onPress: () => void;
  readonly icon?: IconName;
  readonly first?: boolean;
  readonly main?: boolean;
}

export function TvKey({ text, onPress, icon, first = false, main = false }: TvKeyProps) {
  return (
    <button
      type="button"
      class={main ? 'tv-key main' : 'tv-key'}
      onClick={onPress}
      data-first={first}
    >
      {icon !== undefined && <Icon name={icon} />}
      <span>
        <Ruby text={text} />
      </span>
    </button>
  );
}

interface TvBack {
  /** Where back leads somewhere else. May carry ruby. */
  readonly text?: string;
  readonly first?: boolean;
}

/** A key like any other, and no component of its own: from one screen to the next the focus stays at the place of its key. */
export function tvBack(hand: Hand, { text, first = false }: TvBack = {}) {
  return (
    <TvKey
      icon="left"
      text={text ?? hand.text.television.keys.back}
      onPress={() => hand.press({ key: 'back' })}
      first={first}
    />
  );
}

/** As this language writes it; the words for somebody whose name can't be read now. */
export function nameOf({ name, kana }: PersonShown, { language, text }: Hand): string {
  if (name === '') return text.television.somebody;
  if (kana === '') return name;
  if (language === 'en') return romajiName(kana) ?? name;
  return language === 'ja-simple' ? kana : name;
}

/** How somebody is; where, as far as they agreed to that. */
export function standingOf({ standing, where }: PersonShown, { language, text }: Hand): string {
  const { states, safeAt } = text.television.alert;
  return where === null ? states[standing] : safeAt({ shelter: where[language] });
}

/** e.g. 森川ハツさん */
export function politely(person: PersonShown, hand: Hand): string {
  const name = nameOf(person, hand);
  return hand.language === 'en' || person.name === '' ? name : `${name}さん`;
}

function romajiName(kana: string): string | null {
  const hiragana = kana.replaceAll(/[ァ-ヶ]/gu, (letter) =>
    String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0x60),
  );
  const parts = hiragana.split(/\s+/u).map(romaji);
  return parts.includes(null) ? null : parts.join(' ');
}
