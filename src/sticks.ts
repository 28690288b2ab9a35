/** Sticks that are put into the terminal, over its whole life; of a terminal without `[transfer]`, nothing. */

import type { Config } from './config.ts';
import { rejectionOf } from './link/rejection.ts';
import type { LinkSupervisor } from './link-supervisor.ts';
import type { Recorder } from './recorder.ts';
import type { Roles } from './roles.ts';
import { listUsed } from './service-config.ts';
import type { StickDesk } from './staff/staff-desk.ts';
import type { StateFolder } from './state-folder.ts';
import { heldSigners } from './stick-orders.ts';
import { takeStickAlerts } from './transfer/stick-alerts.ts';
import type { StickWatch } from './transfer/stick-watch.ts';

export interface Sticks {
  /** Not running yet. */
  readonly watch: StickWatch;
  /** For whoever of the staff stands there with one. */
  readonly desk: StickDesk;
}

/** Null where none are written to, or read. */
export async function sticksOf(
  { name: terminal, transfer }: Config,
  folder: StateFolder,
  {
    link,
    roles,
  }: { readonly link: Pick<LinkSupervisor, 'enrolled' | 'brought'>; readonly roles: Roles },
  onDefect: (error: unknown) => void,
): Promise<Sticks | null> {
  if (transfer === undefined) return null;
  const { ledger, clock, recorder } = folder;
  // Loaded only where facts may go by stick.
  const [{ StickWatch }, { TerminalStick }] = await Promise.all([
    import('./transfer/stick-watch.ts'),
    import('./terminal-stick.ts'),
  ]);
  const watch = new StickWatch({
    ...{ terminal, ...transfer, recorder, onDefect },
    streams: () => ledger.streams(),
    signing: () => link.enrolled.signing(),
    now: () => clock.now(),
    onPut: () => takeAlerts(transfer.mount, folder),
  });
  const desk = new TerminalStick({
    ...{ terminal, ledger, clock, recorder, roles },
    ...{ mount: transfer.mount, brings: () => watch.brings, brought: link.brought() },
    lists: [listUsed(roles.config) ?? [], roles.lists].flat(),
  });
  return { watch, desk };
}

/** Of a terminal that stands nowhere, nothing. */
export async function takeAlerts(
  mount: string,
  {
    alerts,
    ledger,
    clock,
    recorder,
  }: Pick<StateFolder, 'alerts' | 'ledger' | 'clock'> & {
    readonly recorder: Pick<Recorder, 'note'>;
  },
): Promise<void> {
  if (alerts === null) return;
  try {
    const taken = await takeStickAlerts(mount, alerts, heldSigners({ ledger, clock }));
    if (taken !== 'none' && typeof taken === 'string') {
      recorder.note('alert.rejected', { reason: taken, detail: 'on a stick' });
    }
  } catch (error) {
    const { reason, message } = rejectionOf(error);
    recorder.note('alert.rejected', { reason, detail: message });
  }
}
