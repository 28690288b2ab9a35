/** Says what is to be said, once for each change; whatever comes next stops it. */

import type { SoundLevel } from '../../src/domain/screen.ts';

const VOLUMES: Readonly<Record<SoundLevel, number>> = { normal: 0.7, loud: 1, off: 0 };

export class Speech {
  readonly #audio = new Audio();
  #path: string | null = null;
  #waiting: ReturnType<typeof setTimeout> | undefined;

  setLevel(level: SoundLevel): void {
    this.#audio.volume = VOLUMES[level];
    this.#audio.muted = level === 'off';
  }

  /** `path` below the page's origin; the same as before says nothing anew, null stops. */
  say(path: string | null, afterMs = 0): void {
    if (path === this.#path) return;
    this.#path = path;
    clearTimeout(this.#waiting);
    this.#audio.pause();
    if (path === null) return;
    if (afterMs === 0) this.#play(path);
    else this.#waiting = setTimeout(() => this.#play(path), afterMs);
  }

  #play(path: string): void {
    this.#audio.src = path;
    // A clip that is missing, or a browser that was not touched yet: the text says the same.
    this.#audio.play().catch(() => {});
  }
}
