/** The gate's state folder: one daemon at a time, a disk that runs full under it, a journal that was cut off. */

import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jsonLines, launcher, runToEnd } from '../rig/program.ts';
import { type Site, withSite } from '../rig/site.ts';
import { fillUp, smallDisk } from '../store/fixtures.ts';

const MIB = 1_048_576;

/** Waits until the platform holds what the gate has told, and compares the two fact by fact. */
async function nothingIsLost(site: Site): Promise<void> {
  const told = site.gate.lines.all.filter(({ seq }) => seq !== undefined);
  const last = told.at(-1)?.['seq'];
  await site.gate.first(({ event, upto }) => event === 'facts.acknowledged' && upto === last);
  const held = (await site.facts()).map(({ seq, event, ticket }) => ({ seq, event, ticket }));
  expect(held.slice(-told.length)).toEqual(
    told.map(({ seq, event, ticket }) => ({ seq, event, ticket })),
  );
  expect(held.map(({ seq }) => seq)).toEqual(held.map((_, index) => index + 1));
}

test('a second daemon on the same state folder refuses to start in one line, and the first goes on', () =>
  withSite({ tickets: 1 }, async (site) => {
    await site.openGate();
    const second = await runToEnd([launcher('kazasu'), 'run', '--config', site.config]);
    expect(second.code).toBe(1);
    expect(second.stdout).toBe('');
    expect(second.stderr.trim().split('\n')).toEqual([
      expect.stringContaining('another daemon runs on this state folder'),
    ]);
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ event: 'entry.granted' });
    await site.gate.next({ event: 'print.done' });

    // However the owner ends, the folder is free again at once.
    await site.gate.killHard();
    await site.openGate();
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ reason: 'already-entered' });
  }));

test('a full disk: out of service before a fact could be lost, and back by itself', () => {
  const gateState = smallDisk(40 * MIB);
  return withSite({ tickets: 3, gateState }, async (site) => {
    await site.openGate();
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ event: 'entry.granted' });
    await site.gate.next({ event: 'print.done', ticket: 'T-1' });

    fillUp(join(gateState, 'somebody-elses'));
    await site.gate.next({ event: 'disk.full' });
    await site.gate.next({ event: 'terminal.out-of-service', reason: 'disk-full' });
    const before = site.gate.lines.all.length;
    expect(await site.tap(site.cardOf('T-2'))).toMatchObject({
      event: 'card.ignored',
      reason: 'disk-full',
    });
    const since = site.gate.lines.all.slice(before);
    expect(since.filter(({ seq }) => seq !== undefined)).toEqual([]);

    // A daemon that is started on a full disk says so, too, and begins nothing.
    await site.gate.killHard();
    const ready = await (await site.startGate()).next({ event: 'terminal.ready' });
    expect(ready).toMatchObject({ reason: 'disk-full' });
    expect(await site.tap(site.cardOf('T-3'))).toMatchObject({ event: 'card.ignored' });

    await rm(join(gateState, 'somebody-elses'));
    await site.gate.next({ event: 'disk.ok' });
    await site.gate.next({ event: 'terminal.in-service' });
    expect(await site.tap(site.cardOf('T-2'))).toMatchObject({ event: 'entry.granted' });
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ reason: 'already-entered' });
    await site.gate.next({ event: 'print.done', ticket: 'T-2' });
    await nothingIsLost(site);
  });
});

test('a journal that a power cut tore shows every fact after the next start, each line whole', () =>
  withSite({ tickets: 2 }, async (site) => {
    await site.openGate();
    await site.tap(site.cardOf('T-1'));
    await site.gate.next({ event: 'print.done', ticket: 'T-1' });
    await site.gate.killHard();
    const file = join(site.gateState, 'journal', 'journal.jsonl');
    await appendFile(file, '{"at":"2016-02-20T09:00:00.000Z","event":"entry.gran');

    await site.openGate();
    await site.tap(site.cardOf('T-2'));
    await site.gate.next({ event: 'print.done', ticket: 'T-2' });
    await site.gate.end();
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const torn = lines.filter((line) => !line.endsWith('}'));
    expect(torn).toEqual(['{"at":"2016-02-20T09:00:00.000Z","event":"entry.gran']);
    const whole = jsonLines(lines.filter((line) => !torn.includes(line)).join('\n'));
    const numbers = whole.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
  }));
