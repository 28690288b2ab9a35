/** The screen of a terminal as a whole: what is shown, the voice that goes with it, and the server for its browser. */

import { fileURLToPath } from 'node:url';
import type { Actor } from 'xstate';
import type { Clips, Voice } from '../../devices/voice/voice.ts';
import type { terminalMachine } from '../../state-machines/terminal.ts';
import type { Config } from '../config.ts';
import type { RemotePresses } from '../domain/remote.ts';
import type { Language, ScreenFrame } from '../domain/screen.ts';
import type { Recorder } from '../recorder.ts';
import type { Service } from '../services/service.ts';
import type { Inspect, Supervisor } from '../supervision.ts';
import type { PlaceName } from '../text/speech.ts';
import { ScreenHub, type StaffScreens } from './screen-hub.ts';
import type { ScreenSource } from './screen-source.ts';
import { openSpeech, type Speaker } from './speech-source.ts';
import { superviseScreen } from './supervised-screen.ts';

/** What no machine announces: the age of the list, the link. */
const LOOK_EVERY_MS = 1_000;

const PROFILES = {
  gate: 'small',
  counter: 'small',
  kiosk: 'kiosk',
  shelter: 'small',
  stb: 'tv',
} as const satisfies Record<Config['profile'], ScreenFrame['look']['profile']>;

/** Where the card reader is unless the configuration says otherwise. */
const READERS = {
  gate: 'down',
  counter: 'down',
  kiosk: 'right',
  shelter: 'down',
  stb: 'right',
} as const satisfies Record<Config['profile'], ScreenFrame['look']['reader']>;

const BUILT_PAGES = fileURLToPath(new URL('../../build/kiosk-ui', import.meta.url));

type ScreenConfig = NonNullable<Config['screen']>;
type Way = NonNullable<ScreenConfig['information']>;

/** A kiosk that is a shelter's reader for a while is drawn as one; its reader is where it was. */
function lookOf({ profile, screen, services }: Config): ScreenFrame['look'] {
  const isShelter = services['evacuation-shelter'] !== undefined;
  return {
    profile: isShelter ? PROFILES.shelter : PROFILES[profile],
    reader: screen?.reader ?? READERS[profile],
  };
}

export interface ScreenParts {
  readonly actor: Actor<typeof terminalMachine>;
  readonly service: Service;
  readonly staff: StaffScreens | null;
  readonly isOffline: () => boolean;
  readonly remote: RemotePresses | null;
  readonly sound: { readonly voice: Voice | null; readonly clips: Clips | null };
  /** The folder of the built pages; default: where this project builds them. */
  readonly pages?: string | undefined;
  readonly recorder: Recorder;
  readonly inspect: Inspect;
}

export interface TerminalScreen {
  readonly source: ScreenSource;
  stop(): Promise<void>;
}

/** To be called before the actor starts. Without `[screen]` nobody is served, and what would be shown is known all the same. */
export function openScreen(config: Config, parts: ScreenParts): TerminalScreen {
  const { actor, service, staff, isOffline, remote, sound, recorder, inspect } = parts;
  const { screen } = config;
  const hub = new ScreenHub({
    actor,
    service,
    staff,
    isOffline,
    remote,
    speaks: sound.voice !== null || sound.clips !== null,
    look: lookOf(config),
    ways: (language) => waysIn(screen, language),
  });
  actor.subscribe(({ context }) => service.language?.keep(context.language));
  const looking = setInterval(() => hub.refresh(), LOOK_EVERY_MS);
  let speaker: Speaker | null = null;
  let supervisor: Supervisor | null = null;
  if (screen !== undefined) {
    speaker = openSpeech({
      ...sound,
      names: {
        information: nameOf(screen.information),
        otherGate: nameOf(screen['other-gate']),
      },
      personal: (said, language) =>
        said === 'tv-call' ? (service.programme?.callWords(language) ?? null) : null,
      onMissing: (missing) => recorder.note('voice.missing', { ...missing }),
    });
    const { pages: files = BUILT_PAGES } = parts;
    const speech = speaker.audio;
    supervisor = superviseScreen(screen, { source: hub, files, speech, recorder, inspect });
  }
  return {
    source: hub,
    async stop() {
      clearInterval(looking);
      await Promise.all([supervisor?.stop(), speaker?.close()]);
    },
  };
}

function waysIn(screen: ScreenConfig | undefined, language: Language): ScreenFrame['ways'] {
  return {
    information: screen?.information?.[language] ?? null,
    otherGate: screen?.['other-gate']?.[language] ?? null,
  };
}

function nameOf(way: Way | undefined): PlaceName | null {
  if (way === undefined) return null;
  const { kana = null, ja, 'ja-simple': jaSimple, en } = way;
  const text = {
    ja,
    ...(jaSimple === undefined ? {} : { 'ja-simple': jaSimple }),
    ...(en === undefined ? {} : { en }),
  };
  return { text, kana };
}
