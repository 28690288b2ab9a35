/** What a terminal asks of a voice, and of a folder of recorded clips that may take its place. */

import type { Language, Speech } from '../../src/domain/screen.ts';

export interface Voice {
  /** A whole WAV file. Rejects with `VoiceError`. */
  synthesize(text: string, language: Language): Promise<Buffer>;
  /** Ends what is being synthesized, which rejects with `closed`. */
  close(): Promise<void>;
}

export interface Clip {
  /** Media type, as a browser wants it. */
  readonly type: string;
  readonly bytes: Buffer;
}

export interface Clips {
  /** Null when this message was not recorded in this language. Rejects with `VoiceError`. */
  find(language: Language, speech: Speech): Promise<Clip | null>;
}

export type VoiceFailure =
  /** The program that speaks is not installed. */
  | 'program-missing'
  | 'text-too-long'
  | 'timed-out'
  /** It made more sound than a message can have. */
  | 'too-much-sound'
  /** It ended with another status than 0, or what it made is no sound. */
  | 'failed'
  /** The clip is there, but too large, outside of its folder, unreadable, or not what its name says. */
  | 'clip-unusable'
  | 'closed';

/** An expected failure: the message is shown and not spoken. */
export class VoiceError extends Error {
  readonly reason: VoiceFailure;

  constructor(reason: VoiceFailure, options?: ErrorOptions) {
    super(reason, options);
    this.name = 'VoiceError';
    this.reason = reason;
  }
}
