/** What a screen server shows and whom it hands keys to: the contract between the machines' side and the browser's. */

import type { PageButton } from '../domain/remote.ts';
import type { Key, Screen } from '../domain/screen.ts';

/** A key of a screen that is not shown any more did nothing; so did one that this screen does not offer. */
export type PressResult = 'taken' | 'stale-screen' | 'key-not-allowed';

export interface ScreenSource {
  readonly current: Screen;
  /** Calls the listener on every change, not at once, until the returned function is called. */
  watch(listener: (screen: Screen) => void): () => void;
  /** Calls the listener with each button of a remote control that the page answers, until the returned function is called. */
  watchButtons(listener: (button: PageButton) => void): () => void;
  /** `number`: of the screen on which the key was pressed. */
  press(number: number, key: Key): PressResult;
}
