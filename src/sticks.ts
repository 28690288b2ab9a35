/** Sticks that are put into the terminal, over its whole life; of a terminal without `[transfer]`, nothing. */

import type { Config } from './config.ts';
import type { LinkSupervisor } from './link-supervisor.ts';
import type { StateFolder } from './state-folder.ts';
import type { StickWatch } from './transfer/stick-watch.ts';

/** Running, until it is stopped; null where none are written to. */
export async function sticksOf(
  { name: terminal, transfer }: Config,
  { ledger, clock, recorder }: StateFolder,
  link: Pick<LinkSupervisor, 'enrolled'>,
  onDefect: (error: unknown) => void,
): Promise<StickWatch | null> {
  if (transfer === undefined) return null;
  // Loaded only where facts may go by stick.
  const { StickWatch } = await import('./transfer/stick-watch.ts');
  const watch = new StickWatch({
    ...{ terminal, ...transfer, recorder, onDefect },
    streams: () => ledger.streams(),
    signing: () => link.enrolled.signing(),
    now: () => clock.now(),
  });
  watch.start();
  return watch;
}
