/** The terminal's screen: draws what the daemon shows, sends what is pressed, decides nothing. */

import { signal } from '@preact/signals';
import { render } from 'preact';
import type { Key, Language, Screen } from '../../src/domain/screen.ts';
import '../look/look.css';
import './gate.css';
import './staff.css';
import './kiosk.css';
import './kiosk-order.css';
import './kiosk-type.css';
import './shelter.css';
import './tv.css';
import './tv-alert.css';
import './tv-answers.css';
import { Nobody, Shown } from './app.tsx';
import { connect, type Heard } from './connection.ts';
import { followKeyboard } from './focus.ts';
import { followClock } from './moments.ts';
import { Speech } from './speech.ts';
import { TONES_BEFORE_VOICE_MS, Tones } from './tones.ts';
import { isTypingLetters } from './typing-screens.tsx';

const shown = signal<Heard | null>(null);
/** The language of the screens that come from nobody. */
const language = signal<Language>('ja');
const tones = new Tones();
const speech = new Speech();
let last: Screen | null = null;

const connection = connect(
  (heard) => {
    if (heard === 'silent' || heard === 'elsewhere') beSilent();
    else follow(heard);
    shown.value = heard;
  },
  (button) => pressButton(button),
);

function follow(screen: Screen): void {
  const before = shown.value;
  const isSame = typeof before === 'object' && before?.screen === screen.screen;
  tones.setLevel(screen.sound);
  speech.setLevel(screen.sound);
  if (!isSame || before.tone !== screen.tone) tones.play(screen.tone);
  // The voice comes after the tones that call for it.
  speech.say(screen.speech, screen.tone === 'alert' ? TONES_BEFORE_VOICE_MS : 0);
  if (screen.screen !== 'staff-ticket') isTypingLetters.value = false;
  language.value = screen.language;
  last = screen;
}

function beSilent(): void {
  tones.play(null);
  speech.say(null);
  isTypingLetters.value = false;
}

/** What the screen does not offer is not sent: the daemon would refuse it, and journal that somebody tried. */
function press(key: Key): void {
  const { value: screen } = shown;
  if (typeof screen !== 'object' || screen === null) return;
  if (key.key !== 'language' && key.key !== 'sound' && !screen.keys.includes(key.key)) return;
  connection.send({ type: 'key', number: screen.number, key });
}

const pressButton = followKeyboard({
  press,
  offers: (key) => typeof shown.value === 'object' && shown.value?.keys.includes(key) === true,
});

followClock();

function App() {
  const heard = shown.value;
  if (heard === null) return null;
  if (typeof heard === 'object') return <Shown key="shown" screen={heard} press={press} />;
  // Another key: not one node of what was shown is used again.
  return (
    <Nobody
      key={heard}
      why={heard}
      last={last}
      language={language.value}
      onLanguage={(chosen) => {
        language.value = chosen;
      }}
    />
  );
}

render(<App />, document.body);
