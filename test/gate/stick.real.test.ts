/** Weeks without a network: a gate's facts go to the platform on a stick, by the hands of whoever walks. */

import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { launcher, runToEnd } from '../rig/program.ts';
import { withSite } from '../rig/site.ts';
import { LIST } from '../terminal.ts';

test('a gate that nobody hears writes to the stick that is put in, and the platform has each fact once', () =>
  withSite({ tickets: 2, tls: true }, async (site) => {
    await site.enrol();
    const [media, stick] = [join(site.directory, 'media'), join(site.directory, 'stick')];
    for (const folder of [media, stick]) await mkdir(folder);
    const putIn = (what: string) => execFileSync('mount', ['--bind', what, media]);
    const pull = () => execFileSync('umount', ['--lazy', media]);
    const of = ['--municipality', '990029'];
    const key = JSON.parse(await site.platformCommand('municipality', 'key', ...of));
    const recipient = JSON.stringify(key.certificate);
    await appendFile(site.config, `\n[transfer]\nmount = "${media}"\nrecipient = ${recipient}\n`);
    const gate = await site.openGate();
    await site.platform.end();
    expect(await site.tap(site.cardOf('T-1'))).toMatchObject({ event: 'entry.granted' });

    const films = join(site.directory, 'films');
    await mkdir(films);
    putIn(films);
    const foreign = await gate.next({ event: 'stick.foreign' }).finally(pull);
    expect(foreign).toMatchObject({ reason: 'no stick of ours' });
    const brings = ['--terminal', 'gate-1', '--list', LIST, '--alerts'];
    const prepared = await site.platformCommand('stick', 'prepare', stick, ...of, ...brings);
    expect(
      prepared
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { event: 'stick.list-put', terminal: 'gate-1', list: LIST, version: 1 },
      { event: 'stick.alerts-put', count: 0 },
      { event: 'stick.prepared' },
    ]);
    putIn(stick);
    const written = await gate.next({ event: 'stick.written' }).finally(pull);
    expect(written).toMatchObject({ left: 0 });
    expect(await readFile(join(stick, 'kazasu', 'gate-1.txt'), 'utf8')).toContain(
      '抜いてかまいません',
    );

    const decision = [...of, '--by', 'Mori', '--why', 'no network'];
    const taken = JSON.parse(await site.platformCommand('stick', 'import', stick, ...decision));
    expect(taken).toMatchObject({ waiting: 0, refused: [], carried: [{ terminal: 'gate-1' }] });
    const granted = (await site.facts()).filter(({ event }) => event === 'entry.granted');
    expect(granted).toMatchObject([{ ticket: 'T-1' }]);

    // The network is back: nothing comes twice, and nothing is missing.
    await site.startPlatform();
    expect(await site.tap(site.cardOf('T-2'))).toMatchObject({ event: 'entry.granted' });
    await gate.first(({ event, waiting }) => event === 'facts.acknowledged' && waiting === 0, 1);
    await expect
      .poll(
        async () => (await site.facts()).filter(({ event }) => event === 'entry.granted').length,
      )
      .toBe(2);
    expect(await site.platformCommand('facts', '--quarantined')).toBe('');

    const nowhere = [launcher('kazasu-platform'), 'stick', 'import', site.directory, ...decision];
    const refused = await runToEnd([...nowhere, '--state', join(site.directory, 'platform')]);
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toMatch(/no prepared stick/u);
  }));
