/** The devices of a television, each kept open for as long as its terminal runs: the remote control, and what wakes it. */

import { join } from 'node:path';
import { remoteOpener, tvPowerOpener } from '../devices/open.ts';
import type { Config } from './config.ts';
import type { Recorder } from './recorder.ts';
import { RemoteSlot } from './remote-slot.ts';
import { type Inspect, type Supervisor, supervise } from './supervision.ts';
import { TvPowerSlot } from './tv-power-slot.ts';

/**
 * A remote control that is gone stops nobody: alerts are shown and cards are held all the same. The slot says itself what
 * is plugged in, for the driver stays open without one. Null where none is configured.
 */
export async function superviseRemote(
  config: Config,
  recorder: Recorder,
  inspect: Inspect,
): Promise<{ slot: RemoteSlot; supervisor: Supervisor } | null> {
  const { remote } = config;
  if (remote === undefined) return null;
  const open = await remoteOpener(remote, join(config.state, 'sim-remote.sock'));
  const slot = new RemoteSlot(open, recorder, (reason) => supervisor.lost(reason));
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {},
      onLost: (reason) => slot.lost(reason),
    },
    inspect,
  );
  return { slot, supervisor };
}

/** A television that can't be switched on shows what it shows when somebody does. Null where none is configured. */
export async function superviseTvPower(
  config: Config,
  recorder: Recorder,
  inspect: Inspect,
): Promise<{ slot: TvPowerSlot; supervisor: Supervisor } | null> {
  const power = config['tv-power'];
  if (power === undefined) return null;
  const open = await tvPowerOpener(power, join(config.state, 'sim-tv-power.sock'));
  const slot = new TvPowerSlot(open, recorder, (reason) => supervisor.lost(reason));
  const device = 'tv-power';
  const supervisor: Supervisor = supervise(
    {
      open: () => slot.open(),
      close: () => slot.close(),
      onReady() {
        const { name = power.driver, modelled = false } = slot.current ?? {};
        recorder.note('device.ready', { device, name, modelled: modelled || undefined });
      },
      onLost: (reason) => recorder.note('device.lost', { device, reason }),
    },
    inspect,
  );
  return { slot, supervisor };
}
