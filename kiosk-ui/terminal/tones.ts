/** The tones of the design language: 500 to 1100 Hz, which ageing ears keep. */

import type { SoundLevel, Tone } from '../../src/domain/screen.ts';

const G4 = 392;
const A4 = 440;
const E5 = 659.25;
const G5 = 783.99;
const C5 = 523.25;
const C6 = 1046.5;

interface Note {
  readonly hertz: number;
  /** Seconds after the tone's begin. */
  readonly at: number;
  readonly seconds: number;
  /** 1: as loud as the level allows. */
  readonly strength: number;
}

interface Pattern {
  readonly notes: readonly Note[];
  /** Seconds from begin to begin; null: once. */
  readonly every: number | null;
  /** Seconds after which it gets louder; null: never. */
  readonly louderAfter: number | null;
}

const PATTERNS: Readonly<Record<Tone, Pattern>> = {
  done: {
    notes: [
      { hertz: G5, at: 0, seconds: 0.16, strength: 1 },
      { hertz: C6, at: 0.14, seconds: 0.42, strength: 1 },
    ],
    every: null,
    louderAfter: null,
  },
  hold: {
    notes: [{ hertz: C5, at: 0, seconds: 0.09, strength: 0.35 }],
    every: 0.4,
    louderAfter: null,
  },
  take: {
    notes: [
      { hertz: C6, at: 0, seconds: 0.22, strength: 0.7 },
      { hertz: G5, at: 0.2, seconds: 0.45, strength: 0.7 },
    ],
    every: 2.5,
    louderAfter: 5,
  },
  /** Three times the same and a fifth above: neither the chime of an earthquake nor a siren. */
  alert: {
    notes: [
      ...[0, 0.5, 1].map((at) => ({ hertz: A4, at, seconds: 0.3, strength: 1 })),
      { hertz: E5, at: 1.5, seconds: 0.9, strength: 1 },
    ],
    every: null,
    louderAfter: null,
  },
  problem: {
    notes: [{ hertz: G4, at: 0, seconds: 0.5, strength: 0.8 }],
    every: null,
    louderAfter: null,
  },
};

/** Until the tones of an alert are over. */
export const TONES_BEFORE_VOICE_MS = 2_600;

const VOLUMES: Readonly<Record<SoundLevel, number>> = { normal: 0.25, loud: 0.7, off: 0 };
const LOUDER = 1.4;
/** Neither begin nor end of a note is a click. */
const RISE_SECONDS = 0.012;
const FADE_SECONDS = 0.04;

/** Plays one tone at a time: a new one stops the one before. */
export class Tones {
  readonly #context = new AudioContext();
  readonly #volume = this.#context.createGain();
  #voice: GainNode | null = null;
  #repeat: ReturnType<typeof setInterval> | undefined;

  constructor() {
    this.#volume.connect(this.#context.destination);
    // Browsers other than the terminal's own keep silent until they are touched.
    for (const event of ['pointerdown', 'keydown']) {
      document.addEventListener(event, () => void this.#context.resume(), { once: true });
    }
  }

  setLevel(level: SoundLevel): void {
    this.#volume.gain.setTargetAtTime(VOLUMES[level], this.#context.currentTime, RISE_SECONDS);
  }

  /** Null: silence. */
  play(tone: Tone | null): void {
    this.#stop();
    if (tone === null) return;
    const { notes, every, louderAfter } = PATTERNS[tone];
    const voice = this.#context.createGain();
    voice.connect(this.#volume);
    this.#voice = voice;
    const beganAt = performance.now();
    const sound = () => {
      const isLate = louderAfter !== null && performance.now() - beganAt >= louderAfter * 1_000;
      for (const note of notes) this.#sound(note, isLate ? LOUDER : 1, voice);
    };
    sound();
    if (every !== null) this.#repeat = setInterval(sound, every * 1_000);
  }

  #sound({ hertz, at, seconds, strength }: Note, louder: number, voice: GainNode): void {
    // A context that may not play yet does not keep notes for later.
    if (this.#context.state !== 'running') return;
    const begin = this.#context.currentTime + at;
    const oscillator = new OscillatorNode(this.#context, { type: 'sine', frequency: hertz });
    const envelope = new GainNode(this.#context, { gain: 0 });
    envelope.gain
      .setValueAtTime(0, begin)
      .linearRampToValueAtTime(strength * louder, begin + RISE_SECONDS)
      .setTargetAtTime(0, begin + RISE_SECONDS, seconds / 3);
    oscillator.connect(envelope).connect(voice);
    oscillator.start(begin);
    oscillator.stop(begin + seconds + FADE_SECONDS);
  }

  #stop(): void {
    clearInterval(this.#repeat);
    const voice = this.#voice;
    this.#voice = null;
    if (voice === null) return;
    voice.gain.setTargetAtTime(0, this.#context.currentTime, RISE_SECONDS);
    setTimeout(() => voice.disconnect(), FADE_SECONDS * 1_000);
  }
}
