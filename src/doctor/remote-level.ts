/** How the remote control of a television is, as a check. */

import type { Check } from '../domain/check.ts';

export interface RemoteLevel {
  readonly name: string;
  /** Why none can be used; null: one is. */
  readonly lost: string | null;
  /** `ready`, `battery-low`, `exposed`, as the journal has it; null while it is not known. */
  readonly condition: string | null;
}

const CABLE_REMEDY =
  'plug its receiver in; check `[remote]` in the configuration against `lsusb`, and that the daemon is in the group kazasu-remote';

const CONDITIONS: Readonly<Record<string, readonly [detail: string, remedy: string]>> = {
  'battery-low': ['its battery is low', 'change its batteries; keys are lost meanwhile'],
  exposed: [
    'its keys could reach something else; no PIN is taken from it',
    "`remote.exposed` in the journal says what reads it; check that Kazasu's udev rules are installed and that the daemon is in the group kazasu-remote",
  ],
};

export function remoteCheck(remote: RemoteLevel | 'none' | null): Check {
  const id = 'remote';
  const unknown = (detail: string): Check => ({ id, state: 'unknown', detail, remedy: null });
  if (remote === null) return unknown('nothing is known of the remote control');
  if (remote === 'none') return unknown('not used: none is configured');
  const { name, lost, condition } = remote;
  const problem = lost === null ? CONDITIONS[condition ?? ''] : [lost, CABLE_REMEDY];
  if (problem === undefined) return { id, state: 'ok', detail: name, remedy: null };
  const [detail = '', remedy = ''] = problem;
  return { id, state: 'not-well', detail: `${name}: ${detail}`, remedy };
}
