/** What switches a television on: cec-ctl as it is called and as it fails, the simulated one, and what is said of it. */

import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askControlSocket, type ControlRequest } from '../devices/sim-control.ts';
import { openCecTvPower } from '../devices/tv-power/cec-tv-power.ts';
import { openSimTvPower } from '../devices/tv-power/sim-tv-power.ts';
import type { OpenTvPower } from '../devices/tv-power/tv-power.ts';
import { TvPowerSlot } from '../src/tv-power-slot.ts';

/** As cec-ctl 1.22 describes an adapter that it has configured. */
const CONFIGURED = `Driver Info:
	Driver Name                : vivid
	Physical Address           : 2.0.0.0
	Logical Address Mask       : 0x0010
`;

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'kazasu-tv-power-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function slotOf(open: OpenTvPower) {
  const noted: Record<string, unknown>[] = [];
  const lost: string[] = [];
  const note = (event: string, fields: object = {}) => void noted.push({ event, ...fields });
  const slot = new TvPowerSlot(open, { note }, (reason) => lost.push(reason));
  return { slot, noted, lost };
}

async function simulated() {
  const controlPath = join(await folder(), 'sim.sock');
  const { slot, noted, lost } = slotOf(openSimTvPower({ controlPath }));
  await slot.open();
  onTestFinished(() => slot.close());
  return {
    ...{ slot, noted, lost },
    ask: (request: ControlRequest) => askControlSocket(controlPath, request),
  };
}

test('a television that is off is on, and is told again when it is on already', async () => {
  const { slot, noted, ask } = await simulated();
  expect(await slot.wake()).toBe('told');
  expect(await slot.wake()).toBe('told');
  expect(await ask({ do: 'look' })).toMatchObject({ on: true, woken: 2 });
  expect(noted[0]).toEqual({
    event: 'tv-power.asked',
    outcome: 'told',
    reason: undefined,
    modelled: true,
  });
});

test('several who ask at the same moment ask once', async () => {
  const { slot, ask } = await simulated();
  expect(await Promise.all([slot.wake(), slot.wake(), slot.wake()])).toEqual(Array(3).fill('told'));
  expect(await ask({ do: 'look' })).toMatchObject({ woken: 1 });
});

test('one that can’t be told, and one that is gone: said, and never an error', async () => {
  const { slot, noted, lost, ask } = await simulated();
  await ask({ do: 'set', as: 'deaf' });
  expect(await slot.wake()).toBe('not-told');
  expect(noted[0]).toMatchObject({ outcome: 'not-told', reason: expect.stringMatching(/ack/u) });
  await ask({ do: 'unplug' });
  expect(lost).toEqual(['the television was unplugged']);
  await slot.close();
  expect(await slot.wake()).toBe('absent');
  await expect(slot.open()).rejects.toThrow('not there');
});

test('cec-ctl is told who we are, to switch the television on, and which input to show', async () => {
  const asked: string[] = [];
  const run = async (args: readonly string[]): Promise<string> => {
    asked.push(args.slice(2).join(' '));
    expect(args.slice(0, 2)).toEqual(['--device', '/dev/cec0']);
    return CONFIGURED;
  };
  const { slot, noted } = slotOf(openCecTvPower({ path: '/dev/cec0' }, run));
  await slot.open();
  expect(await slot.wake()).toBe('told');
  expect(asked).toEqual([
    '--playback --osd-name Kazasu',
    '--to 0 --image-view-on',
    '--active-source phys-addr=2.0.0.0',
  ]);
  expect(noted[0]).toMatchObject({ outcome: 'told', modelled: undefined });
});

test.each([
  ['without a cable', CONFIGURED.replace('2.0.0.0', 'f.f.f.f'), 'no physical address'],
  ['that says something else', 'usage: cec-ctl', 'no physical address'],
])('an adapter %s is not there', async (_, said, problem) => {
  const { slot } = slotOf(openCecTvPower({ path: '/dev/cec0' }, async () => said));
  await expect(slot.open()).rejects.toThrow(problem);
});

test('a television that does not acknowledge loses the adapter, once, to be opened anew', async () => {
  let isThere = true;
  const { slot, lost } = slotOf(
    openCecTvPower({ path: '/dev/cec0' }, async () => {
      if (!isThere) throw new Error('Tx, Not Acknowledged');
      return CONFIGURED;
    }),
  );
  await slot.open();
  isThere = false;
  expect([await slot.wake(), await slot.wake()]).toEqual(['not-told', 'not-told']);
  expect(lost).toEqual(['Tx, Not Acknowledged']);
});

test('a machine without cec-ctl, and a cec-ctl that fails, say so', async () => {
  const before = process.env['PATH'];
  const bin = await folder();
  onTestFinished(() => {
    process.env['PATH'] = before;
  });
  process.env['PATH'] = bin;
  const open = openCecTvPower({ path: '/dev/cec0' });
  await expect(open({ onLost() {} })).rejects.toThrow('ENOENT');
  const program = join(bin, 'cec-ctl');
  await writeFile(
    program,
    '#!/bin/sh\necho "Failed to open $2: No such file or directory" >&2\nexit 1\n',
  );
  await chmod(program, 0o755);
  await expect(open({ onLost() {} })).rejects.toThrow('Failed to open /dev/cec0');
});
