/** A whole gate whose keys are in a token: it serves from it, loses it, and finds it again. */

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { examine } from '../../src/doctor.ts';
import { hanako, LIST, type Ticket, type World, withTerminal } from '../terminal.ts';
import { PIN, SOFTHSM, SoftToken } from './soft-token.ts';

let token: SoftToken;
beforeAll(async () => {
  token = await SoftToken.make();
  // The key process inherits it.
  vi.stubEnv('SOFTHSM2_CONF', token.env.SOFTHSM2_CONF);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await token.end();
});

async function withToken(
  pin: string,
  story: (world: World, ticket: Ticket) => Promise<void>,
): Promise<void> {
  const file = join(token.folder, `pin-${pin}`);
  await writeFile(file, `${pin}\n`, { mode: 0o600 });
  const configured = `[keys]\nstore = "pkcs11"\nmodule = "${SOFTHSM}"\ntoken = "${token.label}"\npin-file = "${file}"\n`;
  await withTerminal({ tickets: hanako, configured }, (world) =>
    story(world, world.ticket('hanako')),
  );
}

/** The key processes of this test's process. */
function killKeyProcesses(): void {
  const listed = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', `${process.pid}`], {
    encoding: 'utf8',
  });
  for (const line of listed.split('\n')) {
    if (line.includes('pkcs11-process.ts')) process.kill(Number.parseInt(line, 10), 'SIGKILL');
  }
}

test('it serves from the token, goes out of service with it, and comes back with it', () =>
  withToken(PIN, async ({ journal, tap, config }, { card }) => {
    await journal.next({ event: 'keys.ready', store: 'pkcs11', sealed: true });
    await journal.next({ event: 'terminal.in-service' });
    expect(await tap(card.card)).toMatchObject({ event: 'entry.granted' });
    expect(readdirSync(config.state)).not.toContain('keys');
    expect(await token.tool('--list-objects')).toContain(`kazasu:list.${LIST}.row`);

    const before = journal.all.length;
    killKeyProcesses();
    await journal.next({ event: 'keys.unusable' }, before);
    await journal.next({ event: 'terminal.out-of-service', reason: 'list-missing' }, before);
    await journal.next({ event: 'keys.ready' }, before);
    await journal.next({ event: 'terminal.in-service' }, before);
    expect(await tap(card.card)).toMatchObject({ reason: 'already-entered' });
  }));

test('it finds its keys in the token again after a start without a platform', () =>
  withToken(PIN, async (world, { card }) => {
    await world.journal.next({ event: 'terminal.in-service' });
    await world.stop();
    await world.stopPlatform();
    const before = world.journal.all.length;
    await world.start();
    await world.journal.next({ event: 'terminal.in-service' }, before);
    expect(await world.tap(card.card)).toMatchObject({ event: 'entry.granted' });
  }));

test('with a wrong PIN it runs, says why it can not serve, and does not lock the token', () =>
  withToken('9999-0000', async ({ journal, config }) => {
    const { reason } = await journal.next({ event: 'keys.unusable' });
    expect(reason).toMatch(/^the token does not take the PIN/u);
    expect(JSON.stringify(journal.all)).not.toContain('9999-0000');
    await vi.waitFor(
      async () => {
        const { report } = await examine(config, 'gate-1.toml');
        const keys = report.checks.find(({ id }) => id === 'keys');
        expect(keys).toMatchObject({ state: 'not-well', detail: reason });
      },
      { timeout: 20_000, interval: 200 },
    );
    // One login by hand with the right PIN, and the count is as before.
    expect(await token.tool('--list-objects')).toBeDefined();
  }));
