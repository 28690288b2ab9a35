/** Each screen by its name, in the frame that all have. */

import { Fragment } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import { ORDER_STEPS, REGISTRATION_STEPS } from '../../src/domain/kiosk-screen.ts';
import {
  type Key,
  LANGUAGES,
  type Language,
  type Screen,
  type ScreenName,
} from '../../src/domain/screen.ts';
import type { Catalogue } from '../../src/text/catalogue.ts';
import { catalogueOf } from '../../src/text/index.ts';
import { plain } from '../../src/text/ruby.ts';
import { Frame, type LanguageKey } from '../look/frame.tsx';
import * as cases from './case-screens.tsx';
import { restoreFocus } from './focus.ts';
import * as gate from './gate-screens.tsx';
import { KIOSK_DRAWINGS } from './kiosk-screens.tsx';
import { clockTime, now } from './moments.ts';
import * as service from './service-screens.tsx';
import { SHELTER_DRAWINGS } from './shelter-screens.tsx';
import * as staff from './staff-screens.tsx';
import { type CallShown, Stage, type WayShown } from './stage.tsx';
import { staffStick } from './stick-screen.tsx';
import { TELEVISION_DRAWINGS } from './tv-screens.tsx';
import * as typing from './typing-screens.tsx';
import type { Draw, Hand, ScreenOf, View } from './view.ts';

const DRAWINGS: { readonly [Name in ScreenName]: Draw<Name> } = {
  waiting: gate.waiting,
  hold: gate.hold,
  again: gate.again,
  welcome: gate.welcome,
  'receipt-owed': gate.receiptOwed,
  refused: gate.refused,
  'take-card': gate.takeCard,
  closed: gate.closed,
  pin: service.pin,
  'pin-last-try': service.pinLastTry,
  asking: service.asking,
  result: service.result,
  'staff-pin': typing.staffPin,
  'staff-menu': staff.staffMenu,
  'staff-ticket': typing.staffTicket,
  'staff-confirm': staff.staffConfirm,
  'staff-why': staff.staffWhy,
  'staff-done': staff.staffDone,
  'staff-papers': staff.staffPapers,
  'staff-paper': staff.staffPaper,
  'staff-cases': cases.staffCases,
  'staff-case': cases.staffCase,
  'staff-case-why': cases.staffCaseWhy,
  'staff-health': staff.staffHealth,
  'staff-stick': staffStick,
  'staff-leaving': staff.staffLeaving,
  ...KIOSK_DRAWINGS,
  ...SHELTER_DRAWINGS,
  ...TELEVISION_DRAWINGS,
};

export interface ShownProps {
  readonly screen: Screen;
  readonly press: (key: Key) => void;
}

/** A screen of the daemon's. */
export function Shown({ screen, press }: ShownProps) {
  const { language, look, place } = screen;
  const text = catalogueOf(language);
  const hand: Hand = {
    language,
    sound: screen.sound,
    reader: look.reader,
    text,
    ways: screen.ways,
    press,
    offers: (key) => screen.keys.includes(key),
  };
  const view = draw(screen, hand);
  useDress({
    language,
    profile: look.profile,
    title: view.title,
    gate: place.gate,
    number: screen.number,
    theme: view.theme ?? themeOf(look.profile),
  });
  const name = 'reason' in screen ? `${screen.screen} ${screen.reason}` : screen.screen;
  // Another screen has other keys: whoever presses OK twice must not have agreed to what stands where the first key stood.
  if (view.whole !== undefined) return <Fragment key={name}>{view.whole}</Fragment>;
  const starts =
    place.startsAt === null ? '' : text.bar.starts({ time: clockTime(place.startsAt) });
  return (
    <Frame
      place={{
        title: place.title,
        about: aboutPlace(place.gate, plain(starts)),
      }}
      languagesLabel={plain(text.bar.languages)}
      languages={languageKeys(language, (chosen) => press({ key: 'language', language: chosen }))}
      sound={{
        icon: screen.sound,
        text: text.bar.sound[screen.sound],
        onPress: () => press({ key: 'sound' }),
      }}
    >
      <Stage
        name={name}
        view={view}
        reader={look.reader}
        here={text.waiting.here[look.reader]}
        way={wayOf(view, text)}
        staff={
          hand.offers('staff') && view.ownStaffKey !== true
            ? { text: text.bar.staff, onPress: () => press({ key: 'staff' }) }
            : null
        }
        call={callOf(screen, hand)}
      />
    </Frame>
  );
}

/** Where there is neither a gate nor a beginning, people are told the time. */
function aboutPlace(gate: string, starts: string): string[] {
  const about = [gate, starts].filter((part) => part !== '');
  return about.length > 0 ? about : [clockTime(now.value.toISOString())];
}

function wayOf({ progress }: View, { kiosk }: Catalogue): WayShown | null {
  if (progress === undefined || progress === null) return null;
  const { label, past, order, registration } = kiosk.steps;
  const [steps, at] =
    progress.of === 'order'
      ? [ORDER_STEPS.map((step) => order[step]), ORDER_STEPS.indexOf(progress.step)]
      : [
          REGISTRATION_STEPS.map((step) => registration[step]),
          REGISTRATION_STEPS.indexOf(progress.step),
        ];
  return { label: plain(label), past: plain(past), steps, at };
}

function callOf({ called }: Screen, { text, offers, press }: Hand): CallShown | null {
  if (called) return { text: text.kiosk.called, onPress: null };
  if (!offers('call')) return null;
  return { text: text.kiosk.keys.call, onPress: () => press({ key: 'call' }) };
}

function draw<Name extends ScreenName>(screen: ScreenOf<Name> & Screen, hand: Hand): View {
  return DRAWINGS[screen.screen as Name](screen, hand);
}

export interface NobodyProps {
  readonly why: 'silent' | 'elsewhere';
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
  /** What was known before: where this is, not who was there. */
  readonly last: Pick<Screen, 'place' | 'look'> | null;
}

/** Nothing of anybody. */
export function Nobody({ why, language, onLanguage, last }: NobodyProps) {
  const text = catalogueOf(language);
  const view = gate.nobody(text[why]);
  const gateName = last?.place.gate ?? '';
  useDress({
    language,
    profile: last?.look.profile ?? 'small',
    title: view.title,
    gate: gateName,
    number: null,
    theme: themeOf(last?.look.profile ?? 'small'),
  });
  return (
    <Frame
      place={{ title: last?.place.title ?? '', about: [gateName] }}
      languagesLabel={plain(text.bar.languages)}
      languages={languageKeys(language, onLanguage)}
      sound={null}
    >
      <Stage
        name={why}
        view={view}
        reader={last?.look.reader ?? 'down'}
        here=""
        way={null}
        staff={null}
        call={null}
      />
    </Frame>
  );
}

function languageKeys(now: Language, onChosen: (language: Language) => void): LanguageKey[] {
  return LANGUAGES.map((language) => ({
    id: language,
    name: catalogueOf(language).languages[language],
    lang: langOf(language),
    pressed: language === now,
    onPress: () => onChosen(language),
  }));
}

/** BCP 47: やさしい日本語 is Japanese. */
function langOf(language: Language): string {
  return language === 'ja-simple' ? 'ja' : language;
}

interface Dress {
  readonly language: Language;
  readonly profile: Screen['look']['profile'];
  readonly title: string;
  readonly gate: string;
  /** Of the screen that is drawn: whoever watches from outside knows that it is. */
  readonly number: number | null;
  readonly theme: 'light' | 'dark';
}

/** A living room is dark; a public place is not. */
function themeOf(profile: Screen['look']['profile']): Dress['theme'] {
  return profile === 'tv' ? 'dark' : 'light';
}

/** What the whole document says about the screen that it shows. */
function useDress({ language, profile, title, gate, number, theme }: Dress): void {
  useLayoutEffect(() => {
    const { documentElement: page } = document;
    page.lang = langOf(language);
    page.dataset['language'] = language;
    page.dataset['profile'] = profile;
    page.dataset['theme'] = theme;
    document.title = [plain(title), gate].filter((part) => part !== '').join(' - ');
    page.dataset['number'] = number === null ? '' : String(number);
    restoreFocus();
  });
}
