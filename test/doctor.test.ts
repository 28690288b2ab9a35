/** The doctor beside a terminal, and after it: what it says, what it changes (nothing), what it hands to support. */

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, chmod, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import type { Config } from '../src/config.ts';
import { redacted, writeBundle } from '../src/doctor/bundle.ts';
import { screenCheck, voiceCheck } from '../src/doctor/machine.ts';
import { type DoctorReport, examine, linesOf } from '../src/doctor.ts';
import { CHECK_IDS, type CheckId } from '../src/domain/check.ts';
import { settlePaper } from '../src/staff/commands.ts';
import { atTheGate, hanako, LIST, withTerminal } from './terminal.ts';

async function doctor(config: Config): Promise<DoctorReport> {
  return (await examine(config, 'gate-1.toml')).report;
}

function check(report: DoctorReport, id: CheckId) {
  const found = report.checks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no check ${id}`);
  return found;
}

function notWell(report: DoctorReport): CheckId[] {
  return report.checks.filter(({ state }) => state === 'not-well').map(({ id }) => id);
}

/** What a daemon has just journaled is on the disk a moment later. */
function doctorOnceKept(config: Config, ids: readonly CheckId[]): Promise<DoctorReport> {
  return vi.waitFor(
    async () => {
      const report = await doctor(config);
      expect(notWell(report)).toEqual(ids);
      return report;
    },
    { timeout: 20_000, interval: 100 },
  );
}

/** Every file below a folder: path to the hash of what is in it. */
function contents(folder: string): Record<string, string> {
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => {
      const bytes = readFileSync(join(folder, path));
      return [path, createHash('sha256').update(bytes).digest('hex')] as const;
    });
  return Object.fromEntries(found.sort());
}

test('a gate that serves is well, and each check is there once', () =>
  atTheGate(async ({ config, tap, journal }, { card }) => {
    await tap(card.card);
    const { seq } = await journal.next({ event: 'print.done' });
    await journal.next({ event: 'facts.acknowledged', upto: seq, waiting: 0 });
    const report = await doctor(config);
    expect(report.checks.map(({ id }) => id)).toEqual(CHECK_IDS);
    expect(notWell(report)).toEqual([]);
    expect(report).toMatchObject({ terminal: 'gate-1', daemon: 'running', couldServe: true });
    expect(check(report, 'list')).toMatchObject({
      state: 'ok',
      detail: expect.stringContaining(`${LIST}, version 1, 1 rows`),
    });
    expect(check(report, 'ledger').detail).toMatch(/^\d+ facts, whole and chained$/u);
    expect(check(report, 'clock')).toMatchObject({ state: 'ok' });
    expect(check(report, 'link')).toMatchObject({ state: 'ok' });
    expect(check(report, 'trust').detail).toMatch(/1 authorities$/u);
    expect(check(report, 'facts-waiting').detail).toBe('the platform holds every fact');
    expect(check(report, 'keys').detail).toMatch(/^in files, not sealed/u);
    const file = join(config.state, 'keys', `list.${LIST}.row.bin`);
    await chmod(file, 0o640);
    expect(check(await doctor(config), 'keys')).toMatchObject({ state: 'not-well' });
  }));

test('a reader that was unplugged is told by the daemon, and the terminal could not serve', () =>
  atTheGate(async ({ config, reader, journal }) => {
    await reader('unplug');
    await journal.next({ event: 'device.lost', device: 'reader' });
    const report = await doctorOnceKept(config, ['card-reader']);
    expect(report.couldServe).toBe(false);
    expect(linesOf(report)).toMatch(/^not well +card-reader .*\n +-> plug the reader in/mu);
    await reader('plug');
    expect((await doctorOnceKept(config, [])).couldServe).toBe(true);
  }));

test('no paper: the receipt is owed, which the doctor says, and people are let in all the same', () =>
  atTheGate(async ({ config, tap, printer, journal }, { card }) => {
    await printer('paper-out');
    await journal.next({ event: 'device.condition', condition: 'paper-out' });
    await tap(card.card);
    const { paper } = await journal.next({ event: 'print.owed' });
    const report = await doctorOnceKept(config, ['receipt-printer', 'papers']);
    expect(check(report, 'receipt-printer').remedy).toMatch(/new roll/u);
    expect(check(report, 'papers').detail).toBe('1 owed, 0 of unknown outcome');
    expect(report.couldServe).toBe(true);
    settlePaper(config, String(paper), true, { by: 'K. Mori', why: 'written by hand' });
    expect(check(await doctor(config), 'papers').state).toBe('ok');
  }));

test('without the platform the terminal serves on, and what is missing is the link alone', () =>
  atTheGate(async ({ config, tap, stopPlatform, journal }, { card }) => {
    await stopPlatform();
    await journal.next({ event: 'link.down' });
    await tap(card.card);
    await journal.next({ event: 'print.done' });
    const report = await doctorOnceKept(config, ['link']);
    expect(check(report, 'link').detail).toMatch(/not reached \(.+\), last contact 0 minutes ago/u);
    expect(check(report, 'facts-waiting').detail).toMatch(/^\d+ facts wait for the platform/u);
    expect(report.couldServe).toBe(true);
  }));

test('a terminal that has never met a platform has neither list nor authorities', () =>
  withTerminal({ platform: 'stopped' }, async ({ config }) => {
    const report = await doctorOnceKept(config, ['list', 'trust', 'link']);
    expect(report.couldServe).toBe(false);
  }));

test('before the first start there is nothing to see, and nothing is made', () =>
  withTerminal({}, async ({ config, directory }) => {
    const fresh = { ...config, state: join(directory, 'not', 'yet') };
    const report = await doctor(fresh);
    expect(report.daemon).toBe('not-running');
    expect(check(report, 'ledger').state).toBe('unknown');
    expect(check(report, 'disk').state).toBe('ok');
    expect(existsSync(fresh.state)).toBe(false);
  }));

test('after the daemon has ended, the doctor changes nothing in its folder', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    await world.tap(world.ticket('hanako').card.card);
    await world.stop();
    const before = contents(world.config.state);
    const report = await doctor(world.config);
    expect(report).toMatchObject({ daemon: 'not-running', couldServe: true });
    expect(check(report, 'link').detail).toMatch(/not reached .*last contact/u);
    expect(contents(world.config.state)).toEqual(before);
  }));

test('damage is told, and left as it is', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    const { state } = world.config;
    await world.journal.next({ event: 'terminal.in-service' });
    await world.tap(world.ticket('hanako').card.card);
    await world.stop();
    const ledger = new Database(join(state, 'ledger.db'));
    ledger.exec(`UPDATE fact SET text = replace(text, '"mono":', '"mono":1') WHERE seq = 1`);
    ledger.close();
    const [list = ''] = readdirSync(join(state, 'lists')).filter((name) => name.endsWith('.db'));
    await truncate(join(state, 'lists', list), 100);
    await writeFile(join(state, 'lists', 'left-over.part'), 'being built');
    const before = contents(state);
    const report = await doctor(world.config);
    expect(notWell(report)).toEqual(expect.arrayContaining(['list', 'ledger']));
    expect(check(report, 'ledger').detail).toMatch(/fact 2 does not continue fact 1/u);
    expect(check(report, 'ledger').remedy).toMatch(/keep a copy of the whole state folder/u);
    expect(report.couldServe).toBe(false);
    expect(contents(state)).toEqual(before);
  }));

test('authorities that are damaged are told, and fetched by the next start, not by the doctor', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    await world.stop();
    const trust = join(world.config.state, 'trust');
    const [authority = ''] = readdirSync(trust).filter((one) => one.endsWith('.der'));
    await truncate(join(trust, authority), 10);
    const before = contents(trust);
    const report = await doctor(world.config);
    expect(check(report, 'trust').detail).toBe('the files are damaged');
    expect(contents(trust)).toEqual(before);
  }));

test("another terminal's folder, and a file that is no ledger", () =>
  withTerminal({ platform: 'stopped' }, async (world) => {
    const other = await doctor({ ...world.config, name: 'gate-2' });
    expect(check(other, 'ledger').detail).toBe('belongs to terminal "gate-1", not to "gate-2"');
    await world.stop();
    await rm(join(world.config.state, 'ledger.db'));
    await writeFile(join(world.config.state, 'ledger.db'), 'not a database, not at all'.repeat(99));
    const damaged = await doctor(world.config);
    expect(check(damaged, 'ledger').state).toBe('not-well');
    expect(damaged.couldServe).toBe(false);
  }));

test('a used-up reserve is told', () =>
  withTerminal({ platform: 'stopped' }, async (world) => {
    await world.stop();
    await rm(join(world.config.state, 'reserve'));
    expect(check(await doctor(world.config), 'disk')).toMatchObject({
      state: 'not-well',
      detail: expect.stringContaining('the reserve for the last facts is used up'),
    });
  }));

test('the support bundle has nothing of a person, a card or a key in it', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    const { config, directory } = world;
    const { card, ticket } = world.ticket('hanako');
    await world.journal.next({ event: 'terminal.in-service' });
    await world.printer('paper-out');
    await world.journal.next({ event: 'device.condition', condition: 'paper-out' });
    await world.tap(card.card);
    const { paper } = await world.journal.next({ event: 'print.owed' });
    settlePaper(config, String(paper), true, { by: 'Kazuko Mori', why: 'Hanako had no ticket' });
    await world.journal.next({ event: 'print.settled' });
    await world.stop();
    const journal = join(config.state, 'journal', 'journal.jsonl');
    await appendFile(
      journal,
      '{"at":"x","event":"entry.granted","certificate":"MIIF","seat":"B"}\n',
    );
    await appendFile(journal, '{"at":"x","event":"made.up","holder":"佐藤花子"}\n{"at":"torn');

    const attendant = [{ name: '佐藤', card: '/etc/kazasu/82647119350.der' }];
    const staff = { pin: '$scrypt$16$c2FsdA$aGFzaA', attendant };
    const withSecrets = { ...config, staff, vault: 'pkcs11:pin=82647119350' };
    const file = join(directory, 'support.json');
    await writeBundle(file, withSecrets, await examine(withSecrets, 'gate-1.toml'));

    const text = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const keys = ['row', 'data'].map((part) =>
      readFileSync(join(config.state, 'keys', `list.${LIST}.${part}.bin`)),
    );
    const wraps = [card.der, ...keys, world.cards.authority.caCertificate].map((one) =>
      Buffer.from(one),
    );
    for (const bytes of wraps) {
      for (const encoding of ['hex', 'base64', 'base64url', 'latin1', 'utf8'] as const) {
        // A piece of each: a whole one would be missed when it is wrapped.
        expect(text).not.toContain(bytes.subarray(0, 24).toString(encoding));
        expect(text).not.toContain(bytes.subarray(-24).toString(encoding));
      }
    }
    expect(text.toLowerCase()).not.toContain(Buffer.from(card.serial).toString('hex'));
    for (const word of [
      '佐藤',
      '花子',
      'Mori',
      'Hanako',
      'scrypt',
      '82647119350',
      'MIIF',
      'made.up',
    ]) {
      expect(text).not.toContain(word);
    }

    const bundle = JSON.parse(text);
    expect(bundle.doctor.terminal).toBe('gate-1');
    expect(bundle.configuration).toMatchObject({ name: 'gate-1', staff: '(removed)' });
    expect(bundle.facts).toMatchObject({ 'entry.granted': 1, 'print.settled': 1 });
    expect(bundle.lists).toMatchObject([{ list: LIST, version: 1, rows: 1 }]);
    expect(bundle.journal).toContainEqual(
      expect.objectContaining({ event: 'entry.granted', ticket }),
    );
    expect(bundle.journal).toContainEqual(
      expect.objectContaining({ event: 'print.settled', by: '(removed)', why: '(removed)' }),
    );
    await expect(
      writeBundle(file, withSecrets, await examine(withSecrets, 'gate-1.toml')),
    ).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(file, 'utf8')).toBe(text);
  }));

test('a voice and a page that are not there are told, where a screen is configured', () =>
  withTerminal({ platform: 'stopped' }, async ({ config, directory }) => {
    expect(voiceCheck(config).state).toBe('unknown');
    expect(screenCheck(config, directory).state).toBe('unknown');
    const screen = { port: 0, reader: 'down', sound: 'normal' } as const;
    const silent: Config = { ...config, screen: { ...screen, voice: 'none' } };
    expect(voiceCheck(silent).state).toBe('ok');
    expect(screenCheck(silent, directory)).toMatchObject({
      state: 'not-well',
      remedy: expect.stringContaining('build:ui'),
    });
    const clips = join(directory, 'no-such-folder');
    const speaking: Config = { ...config, screen: { ...screen, voice: 'espeak-ng', clips } };
    expect(voiceCheck(speaking)).toMatchObject({
      state: 'not-well',
      detail: expect.stringContaining('ENOENT'),
    });
  }));

test('secrets are taken out of tables that may be shown, too', () => {
  const shown = redacted({
    name: 'gate-1',
    platform: { url: 'ws://x', clientKey: 'k', nested: [{ password: 'p', port: 1 }] },
    later: { anything: 1 },
  });
  expect(shown).toEqual({
    name: 'gate-1',
    platform: {
      url: 'ws://x',
      clientKey: '(removed)',
      nested: [{ password: '(removed)', port: 1 }],
    },
    later: '(removed)',
  });
});
