/**
 * What is spoken, as sound: recorded where there is a recording, synthesized otherwise, and kept, because the same few
 * messages are spoken all day. Speech accompanies a text that is on the screen, so a failure costs nothing but sound.
 */

import { type Clip, type Clips, type Voice, VoiceError } from '../../devices/voice/voice.ts';
import type { Language, Speech } from '../domain/screen.ts';
import { type PlaceNames, spoken } from '../text/speech.ts';

export interface SpeechOptions {
  /** Null: nothing is synthesized. */
  readonly voice: Voice | null;
  /** Null: nothing is recorded. */
  readonly clips: Clips | null;
  readonly names: PlaceNames;
  /** What is said to somebody by name, in the place of the general words; it is made anew each time and never kept. */
  readonly personal?: (speech: Speech, language: Language) => string | null;
  /** Called once, and again only after something was spoken in between. */
  readonly onMissing: (missing: MissingSpeech) => void;
  /** How long a voice that failed is left alone. */
  readonly restMs?: number;
}

/** The fields of `voice.missing`. */
export interface MissingSpeech {
  readonly language: Language;
  readonly speech: Speech;
  readonly reason: VoiceError['reason'];
}

export interface Speaker {
  /** Never rejects; null: there is no sound for it. */
  audio(language: Language, speech: Speech): Promise<Clip | null>;
  close(): Promise<void>;
}

/** About the messages of one language; 10 MB. */
const KEPT_MAX = 32;
const REST_MS = 30_000;

export function openSpeech(options: SpeechOptions): Speaker {
  const kept = new KeptSpeech(options);
  return {
    audio: (language, speech) => kept.audio(language, speech),
    close: async () => options.voice?.close(),
  };
}

class KeptSpeech {
  readonly #options: SpeechOptions;
  /** By language and message, the latest used last; also those that are being made. */
  readonly #kept = new Map<string, Promise<Clip | null>>();
  /** The end of the queue: one is made at a time. */
  #last: Promise<unknown> = Promise.resolve();
  #isTold = false;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SpeechOptions) {
    this.#options = options;
  }

  audio(language: Language, speech: Speech): Promise<Clip | null> {
    const words = this.#options.personal?.(speech, language) ?? null;
    if (words !== null) return this.#inTurn(() => this.#personal({ language, speech }, words));
    const key = `${language}/${speech}`;
    const clip = this.#kept.get(key) ?? this.#inTurn(() => this.#make(language, speech));
    this.#kept.delete(key);
    this.#kept.set(key, clip);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_MAX) break;
      this.#kept.delete(oldest);
    }
    void clip.then((made) => {
      if (made === null && this.#kept.get(key) === clip) this.#kept.delete(key);
    });
    return clip;
  }

  #inTurn(make: () => Promise<Clip | null>): Promise<Clip | null> {
    const made = this.#last.then(make);
    this.#last = made;
    return made;
  }

  async #make(language: Language, speech: Speech): Promise<Clip | null> {
    const said = { language, speech };
    const recorded = await this.#orNull(said, () => this.#options.clips?.find(language, speech));
    const clip = recorded ?? (await this.#synthesized(said));
    if (clip !== null) this.#isTold = false;
    return clip;
  }

  /** A name that can't be said leaves the general words. */
  async #personal(said: Omit<MissingSpeech, 'reason'>, words: string): Promise<Clip | null> {
    return (await this.#synthesized(said, words)) ?? (await this.#make(said.language, said.speech));
  }

  async #synthesized(
    said: Omit<MissingSpeech, 'reason'>,
    words = spoken(said.speech, said.language, this.#options.names),
  ): Promise<Clip | null> {
    const { voice, restMs = REST_MS } = this.#options;
    if (voice === null || performance.now() < this.#restsUntil) return null;
    const bytes = await this.#orNull(said, () => voice.synthesize(words, said.language));
    if (bytes === null) this.#restsUntil = performance.now() + restMs;
    return bytes === null ? null : { type: 'audio/wav', bytes };
  }

  async #orNull<T>(
    said: Omit<MissingSpeech, 'reason'>,
    make: () => Promise<T | null> | undefined,
  ): Promise<T | null> {
    try {
      return (await make()) ?? null;
    } catch (error) {
      if (!(error instanceof VoiceError)) throw error;
      if (!this.#isTold && error.reason !== 'closed') {
        this.#isTold = true;
        this.#options.onMissing({ ...said, reason: error.reason });
      }
      return null;
    }
  }
}
