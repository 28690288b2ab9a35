/** A daemon with a remote control: the thumb reaches the screen, and what is wrong with it the journal and the doctor. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askControlSocket, type ControlRequest } from '../devices/sim-control.ts';
import { examine } from '../src/doctor.ts';
import type { CheckState } from '../src/domain/check.ts';
import { LIST, type World, withTerminal } from './terminal.ts';

const TABLES = `[receipt]
driver = "simulated"
[remote]
driver = "simulated"
[remote.keys]
yellow = "keyboard:0x3a"
[tv-power]
driver = "simulated"
[services.event-entry]
list = "${LIST}"
[screen]
port = 0
`;

async function remoteCheck({ config }: World): Promise<readonly [CheckState | undefined, string]> {
  const { report } = await examine(config, 'gate.toml');
  const check = report.checks.find(({ id }) => id === 'remote');
  return [check?.state, check?.detail ?? ''];
}

test('keys change what is shown; unplugged, exposed and well again are said', () =>
  withTerminal({ tables: TABLES }, async (world) => {
    const { journal, config, screen } = world;
    const ask = (request: ControlRequest) =>
      askControlSocket(join(config.state, 'sim-remote.sock'), request);
    // The doctor reads the kept journal, which is written a moment after it is shown.
    const remoteIs = (state: string, detail: unknown) =>
      expect.poll(() => remoteCheck(world)).toEqual([state, detail]);
    await screen({ screen: 'closed', reason: 'list-missing', language: 'ja' });
    await journal.next({ event: 'device.ready', device: 'remote', modelled: true });
    await journal.next({ event: 'device.ready', device: 'tv-power', modelled: true });
    await ask({ do: 'report', hex: '0100003a0000000000' });
    await screen({ language: 'ja-simple' });
    await ask({ do: 'press', button: 'volume-up' });
    await screen({ sound: 'loud' });
    await remoteIs('ok', 'Simulated remote control');

    await ask({ do: 'set', as: 'exposed' });
    await journal.next({ event: 'remote.exposed' });
    await journal.next({ event: 'device.condition', device: 'remote', condition: 'exposed' });
    await remoteIs('not-well', expect.stringMatching(/no PIN/u));
    await ask({ do: 'unplug' });
    await journal.next({ event: 'device.lost', device: 'remote', reason: 'it was unplugged' });
    await remoteIs('not-well', expect.stringMatching(/unplugged/u));
    await ask({ do: 'set', as: 'held' });
    await ask({ do: 'plug' });
    await journal.next({ event: 'device.condition', device: 'remote', condition: 'ready' });
    await remoteIs('ok', 'Simulated remote control');
  }));
