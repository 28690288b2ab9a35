/** The simulated remote control, by the contract and in a flood; and what its process does where node-hid finds none. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSimRemote } from '../../devices/remote/sim-remote.ts';
import { askControlSocket, type ControlRequest } from '../../devices/sim-control.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { hearing, type RemoteRig, remoteContract } from './remote.contract.ts';

async function simulated() {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-remote-'));
  const controlPath = join(directory, 'sim.sock');
  const { heard, listener } = hearing();
  const remote = await openSimRemote({ controlPath })(listener);
  const ask = (request: ControlRequest) => askControlSocket(controlPath, request);
  const end = async (): Promise<void> => {
    await remote.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { heard, ask, end };
}

describe('the simulator', () => {
  remoteContract(async (): Promise<RemoteRig> => {
    const { heard, ask, end } = await simulated();
    return {
      heard,
      press: (button) => ask({ do: 'press', button }),
      hold: (button) => ask({ do: 'hold', button }),
      release: () => ask({ do: 'release' }),
      report: (hex) => ask({ do: 'report', hex }),
      battery: (percent) => ask({ do: 'battery', percent }),
      unplug: () => ask({ do: 'unplug' }),
      plug: () => ask({ do: 'plug' }),
      set: (as) => ask({ do: 'set', as }),
      end,
    };
  });

  test('10,000 reports at once keep this process no longer than a screen may be late', async () => {
    const { heard, ask, end } = await simulated();
    onTestFinished(end);
    const took = stopwatch();
    await ask({ do: 'flood', reports: 10_000 });
    // Measured: 26 to 80 ms.
    expect(took()).toBeLessThan(400);
    expect(heard.presses.length).toBeGreaterThanOrEqual(20);
    expect(heard.presses.length).toBeLessThan(60);
    const [dropped] = await expect
      .poll(() => heard.dropped)
      .toHaveLength(1)
      .then(() => heard.dropped);
    expect(dropped?.['too-many']).toBeGreaterThan(4_900);
  });

  test.each([
    { do: 'press', button: 'power' },
    { do: 'report', hex: 'xyz' },
    { do: 'report', hex: '00'.repeat(65) },
    { do: 'battery', percent: 101 },
    { do: 'flood', reports: 1e9 },
    { do: 'set', as: 'lost' },
    { do: 'dance' },
  ])('what it does not know is refused: %j', async (request) => {
    const { ask, end } = await simulated();
    onTestFinished(end);
    await expect(ask(request)).rejects.toThrow();
  });

  test('a key on one that is unplugged is refused', async () => {
    const { ask, end } = await simulated();
    onTestFinished(end);
    await ask({ do: 'unplug' });
    await expect(ask({ do: 'press', button: 'ok' })).rejects.toThrow('not plugged in');
  });
});
