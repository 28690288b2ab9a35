/** The load tool as people start it, and what becomes of it when something of it is killed. */

import { describe, expect, test } from 'vitest';
import { Program, runToEnd } from '../rig/program.ts';
import { figuresOf } from './small-fleet.ts';

const TOOL = 'platform-sim/fleet/main.ts';

test('more connections than a process may have files open are refused, with how many it could be', async () => {
  // The limit itself, which Node does not raise any more.
  const within = ['sh', '-c', 'ulimit -n 200 && exec "$@"', 'sh'];
  const { code, stdout, stderr } = await runToEnd([TOOL, '--terminals', '120'], { within });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/--terminals 120 needs 376 open files .*may have 200/u);
  expect(stderr).toMatch(/ulimit -Hn 376.*--terminals 100/u);
});

describe('what was measured until then stands', () => {
  const FEW = ['--terminals', '6', '--processes', '2', '--no-floor', '--idle', '600'];

  async function fleetAtRest(): Promise<Program> {
    const fleet = new Program([TOOL, ...FEW]);
    await fleet.first((line) => line['figure'] === 'fleet.memory');
    return fleet;
  }

  function figuresSaidBy(fleet: Program): unknown[] {
    return fleet.lines.all.map((line) => line['figure']);
  }

  test('when somebody presses Ctrl-C', async () => {
    const fleet = await fleetAtRest();
    fleet.kill('SIGINT');
    expect(await fleet.exited).toBe(130);
    expect(figuresSaidBy(fleet)).toEqual(['fleet.open', 'fleet.memory']);
    expect(fleet.stderr).toContain('stopped before it was known what the platform holds');
    expect([...fleet.processes()], 'left behind').toEqual([]);
  });

  test('when the platform dies, and that it did is said', async () => {
    const fleet = await fleetAtRest();
    const [pid = 0] = [...fleet.processes()].find(([, command]) => / serve /u.test(command)) ?? [];
    process.kill(pid, 'SIGKILL');
    expect(await fleet.exited).toBe(1);
    expect(figuresSaidBy(fleet)).toEqual(['fleet.open', 'fleet.memory']);
    expect(fleet.stderr).toContain('the platform ended by itself (SIGKILL)');
    expect([...fleet.processes()], 'left behind').toEqual([]);
  });

  test('when a process of terminals dies', async () => {
    const fleet = await fleetAtRest();
    const [pid = 0] =
      [...fleet.processes()].find(([, command]) => /crew-process/u.test(command)) ?? [];
    process.kill(pid, 'SIGKILL');
    fleet.kill('SIGINT');
    expect(await fleet.exited).toBe(130);
    expect([...fleet.processes()], 'left behind').toEqual([]);
  });
});

test('a platform that is killed while facts come up has lost none of them, and none is there twice', async () => {
  const few = { terminals: 8, slow: 0, heads: 0, idleMs: 0, hasFloor: false, cuts: false };
  const figures = await figuresOf({ ...few, crashes: true, taps: 25, patienceMs: 100_000 });
  expect(figures.get('fleet.lost-links')).toMatchObject({ value: 8 });
  expect(figures.get('fleet.missing')).toMatchObject({ value: 0, n: 200 });
  expect(figures.get('fleet.twice')).toMatchObject({ value: 0, n: 200 });
});
