/** What stands around every screen: place, languages, sound. */

import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons.tsx';
import { Ruby } from './ruby.tsx';

export interface LanguageKey {
  readonly id: string;
  readonly name: string;
  /** BCP 47, of the name. */
  readonly lang: string;
  readonly pressed: boolean;
  readonly onPress: () => void;
}

export interface FrameProps {
  /** `about`: the first that there is room for; the others give way to it. */
  readonly place: { readonly title: string; readonly about: readonly string[] };
  readonly languagesLabel: string;
  readonly languages: readonly LanguageKey[];
  readonly sound: {
    readonly icon: IconName;
    /** May carry ruby. */
    readonly text: string;
    readonly onPress: () => void;
  } | null;
  readonly children: ComponentChildren;
}

export function Frame({ place, languagesLabel, languages, sound, children }: FrameProps) {
  return (
    <div class="frame">
      <header class="bar">
        <p class="place">
          {place.title !== '' && <b>{place.title}</b>}
          <span>
            {place.about.map((part) => (
              <span key={part}>{part}</span>
            ))}
          </span>
        </p>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset of buttons is no form */}
        <div class="languages" role="group" aria-label={languagesLabel}>
          {languages.map(({ id, name, lang, pressed, onPress }) => (
            <button type="button" key={id} lang={lang} aria-pressed={pressed} onClick={onPress}>
              {name}
            </button>
          ))}
        </div>
        {sound !== null && (
          <div class="tools">
            <button type="button" class="tool" onClick={sound.onPress}>
              <Icon name={sound.icon} />
              <span>
                <Ruby text={sound.text} />
              </span>
            </button>
          </div>
        )}
      </header>
      {children}
    </div>
  );
}
