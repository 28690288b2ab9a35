/** Opens the page in the browser of whoever sits before this machine; quietly, and only when somebody can see it. */

import { spawn } from 'node:child_process';

/** Nothing happens without a display, or when there is no program for it. */
export function openInBrowser(url: string): void {
  const { DISPLAY, WAYLAND_DISPLAY, BROWSER } = process.env;
  if (DISPLAY === undefined && WAYLAND_DISPLAY === undefined && BROWSER === undefined) return;
  const child = spawn(BROWSER ?? 'xdg-open', [url], { detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
}
