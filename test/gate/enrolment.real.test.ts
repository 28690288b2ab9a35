/** Enrolled gates as they stand in the field: processes of their own, and what becomes of a disk that was copied. */

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askControlSocket } from '../../devices/sim-control.ts';
import { launcher, runToEnd } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { ANSWERS } from '../terminal.ts';

const IN_1970 = {
  env: {
    LD_PRELOAD: '/usr/$LIB/faketime/libfaketime.so.1',
    FAKETIME: '@1970-01-01 00:01:00',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  },
};

async function shown(site: Site): Promise<{ standing: string; quarantine: { why: string }[] }> {
  return JSON.parse(await site.platformCommand('terminal', 'show', 'gate-1'));
}

test('a gate without a clock enrols, is served over TLS, and is cut off when it is revoked', () =>
  withSite({ tickets: 2, tls: true }, async (site) => {
    const refused = await site.startGate();
    const { reason } = await refused.next({ event: 'link.down' });
    expect(reason).toBe('not-enrolled');
    const doctor = await runToEnd([launcher('kazasu'), 'doctor', '--config', site.config]);
    expect(doctor.stdout).toMatch(/not-enrolled.*\n *-> .*kazasu enrol/u);
    await refused.end();

    expect(await site.enrol(IN_1970)).toMatch(/^gate-1 is enrolled, until 20/u);
    const gate = await site.openGate();
    const [ready] = gate.lines.all.filter(({ event }) => event === 'terminal.ready');
    expect(ready).toMatchObject({ trust: 'enrolled' });
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ event: 'entry.granted' });
    await gate.next({ event: 'facts.acknowledged', waiting: 0 });

    await site.platformCommand('terminal', 'revoke', 'gate-1');
    expect(await gate.next({ event: 'link.down' })).toMatchObject({ reason: 'identity (4003)' });
    await gate.next({ event: 'link.down', reason: 'turned-away: revoked' });
    // The gate goes on with what it has.
    expect(await site.tap(site.cardOf('T-2'))).toMatchObject({ event: 'entry.granted' });
  }));

test('a gate whose disk was copied is noticed as soon as both go on; both serve, and both are heard', () =>
  withSite({ tickets: 4, tls: true }, async (site) => {
    await site.enrol();
    const gate = await site.openGate();
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ event: 'entry.granted' });
    await gate.next({ event: 'facts.acknowledged', waiting: 0 });
    await gate.end();

    const copied = join(site.directory, 'copy');
    const filter = (path: string) => !path.endsWith('.sock');
    await cp(site.gateState, copied, { recursive: true, filter });
    const config = join(site.directory, 'copy.toml');
    const text = (await readFile(site.config, 'utf8'))
      .replace(JSON.stringify(site.gateState), JSON.stringify(copied))
      .replace(/\[receipt\][^[]*/u, '[receipt]\ndriver = "simulated"\n');
    await writeFile(config, text);

    const original = await site.openGate();
    const told = await site.tap(site.cardOf('T-2'));
    expect(told).toMatchObject({ event: 'entry.granted' });
    // What was left of the last run may be acknowledged before.
    const has = Number(told['seq']);
    await original.first(
      (line) => line.event === 'facts.acknowledged' && Number(line['upto']) >= has,
    );

    const copy = await site.startCopy(config);
    await copy.next({ event: 'terminal.in-service' });
    for (const ticket of ['T-3', 'T-4']) {
      const after = copy.lines.all.length;
      const socket = join(copied, 'sim-card.sock');
      await askControlSocket(socket, { do: 'hold', card: site.cardOf(ticket) });
      const answer = await copy.first(({ event }) => ANSWERS.has(event), after);
      expect(answer).toMatchObject({ event: 'entry.granted' });
      await askControlSocket(socket, { do: 'remove' });
    }
    await site.platform.next({ event: 'terminal.quarantined' });
    await expect
      .poll(() => shown(site))
      .toMatchObject({ standing: 'enrolled', quarantine: [{ why: 'fork' }] });

    // Neither stops serving, and what the copy did is kept beside what is held.
    expect(await site.tap(site.cardOf('T-3'))).toMatchObject({ event: 'entry.granted' });
    await expect.poll(() => site.platformCommand('facts', '--quarantined')).toContain('T-3');

    await copy.end();
    await site.platformCommand('terminal', 'release', 'gate-1');
    expect(await shown(site)).toMatchObject({ quarantine: [] });
  }));
