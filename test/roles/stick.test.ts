/** An order that comes by stick: judged as over the link, taken wholly or not at all, and said in words. */

import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { Conditions } from '../../src/conditions.ts';
import type { Config } from '../../src/config.ts';
import { Roles } from '../../src/roles.ts';
import { acceptStick, showStick } from '../../src/stick-commands.ts';
import { headPath } from '../../src/transfer/stick-order.ts';
import { iso } from '../link/fake-platform.ts';
import { TERMINAL, TestTerminal, tempFolder } from '../link/fixtures.ts';
import { HOUR, type Ordered, signed, stickWith, terminal } from './stick-rig.ts';

const BY = { by: '山田', why: '回線がない' };

test('an order is shown in words, taken once, and says who took it', async () => {
  const { config, facts, role, met, order } = await terminal();
  const { stick } = stickWith(await order());
  expect(await showStick(config, stick)).toMatch(/「汐見小学校 避難所」の受付に切り替えます/u);
  expect(facts()).toEqual([]);
  // A daemon that runs hears of it, and begins anew once nobody is served.
  const { ledger, clock } = met;
  const recorder = { record: () => expect.fail('the daemon records nothing of its own') };
  const restarted = Promise.withResolvers<void>();
  const daemon = new Roles(config, { ledger, clock, recorder }, new Conditions());
  daemon.start({
    quiet: async () => true,
    onRestart: restarted.resolve,
    onDefect: restarted.reject,
  });
  onTestFinished(() => daemon.stop());
  expect(await acceptStick(config, stick, BY)).toMatch(/指示を受けました。/u);
  await restarted.promise;
  expect(facts()).toMatchObject([
    { event: 'role.taken', body: { shelter: 'shiomi-elementary', how: 'stick', ...BY } },
    { event: 'command.done', body: { does: 'take-role', number: 7 } },
  ]);
  await expect(acceptStick(config, stick, BY)).rejects.toThrow(/もう受けています。何も変えて/u);
  const end = stickWith(await order({ says: { number: 8, do: { name: 'end-role' } } }));
  await acceptStick(config, end.stick, BY);
  expect(role()).toBeNull();
});

test.each<[string, RegExp, Ordered]>([
  ['for another terminal', /ほかの端末あて/u, { says: { to: ['gate-2'] } }],
  ['for all of them', /壊れています/u, { says: { to: 'all' } }],
  ['of a key that is not for orders', /これは指示ではありません/u, { kind: 'head' }],
  ['that has expired', /期限が切れています/u, { says: { expires: iso(-1) } }],
  ['from the future', /時計より先です/u, { says: { issuedAt: iso(HOUR) } }],
  ['that is no order', /壊れています/u, { says: { do: { name: 'take-role' } } }],
])('an order %s is not followed, and nothing changes: %s', async (_what, words, ordered) => {
  const { config, role, order } = await terminal();
  const { stick } = stickWith(await order(ordered));
  await expect(showStick(config, stick)).rejects.toThrow(words);
  await expect(acceptStick(config, stick, BY)).rejects.toThrow(words);
  expect(role()).toBeNull();
});

test('of a list it is said that there is one, and where it is taken', async () => {
  const { config, order, role } = await terminal();
  const { stick, file } = stickWith(await order());
  expect(await showStick(config, stick)).not.toMatch(/名簿/u);
  const list = join(stick, ...headPath(TERMINAL));
  writeFileSync(list, '{}');
  const words = /名簿があります。名簿は、端末の画面で、係員メニューの「USBメモリーの指示」から/u;
  expect(await showStick(config, stick)).toMatch(words);
  expect(await acceptStick(config, stick, BY)).toMatch(words);
  expect(role()).toMatchObject({ shelter: 'shiomi-elementary' });
  rmSync(file);
  for (const ask of [() => showStick(config, stick), () => acceptStick(config, stick, BY)]) {
    const said = await ask().catch((error: unknown) => String(error));
    expect(said).toMatch(/この端末あての指示がありません。何も変えていません。/u);
    expect(said).toMatch(words);
  }
});

test('an older order than the last one, and one of another platform, are not followed', async () => {
  const { config, facts, role, order } = await terminal();
  await acceptStick(config, stickWith(await order()).stick, BY);
  const before = role();
  const older = stickWith(await order({ says: { number: 6, do: { name: 'end-role' } } }));
  await expect(acceptStick(config, older.stick, BY)).rejects.toThrow(/これより新しい指示/u);
  const keys = await PlatformKeys.openOrCreate(tempFolder());
  const foreign = stickWith(await order({ keys, says: { number: 9 } }));
  await expect(acceptStick(config, foreign.stick, BY)).rejects.toThrow(
    /センターのものではありません/u,
  );
  expect(role()).toEqual(before);
  expect(facts().at(-1)).toMatchObject({ event: 'command.refused' });
});

test.each<[string, RegExp, (file: string) => void]>([
  [
    'that was never prepared',
    /指示がありません/u,
    (file) => rmSync(dirname(dirname(file)), { recursive: true }),
  ],
  ['whose order is empty', /壊れています/u, (file) => truncateSync(file, 0)],
  ['whose order was cut off', /壊れています/u, (file) => truncateSync(file, 700)],
  ['whose order is no CMS', /壊れています/u, (file) => writeFileSync(file, 'KZ1')],
  ['whose order is a megabyte', /大きすぎます/u, (file) => truncateSync(file, 1_048_576)],
  [
    'whose order is a link to elsewhere',
    /ふつうのファイルではありません/u,
    (file) => {
      rmSync(file);
      symlinkSync('/etc/hostname', file);
    },
  ],
  [
    'whose order is a folder',
    /ふつうのファイルではありません/u,
    (file) => {
      rmSync(file);
      mkdirSync(file);
    },
  ],
  [
    'whose folder is a link to elsewhere',
    /ふつうのファイルではありません/u,
    (file) => {
      rmSync(dirname(file), { recursive: true });
      symlinkSync('/etc', dirname(file));
    },
  ],
])('a stick %s brings nothing: %s', async (_what, words, spoil) => {
  const { config, facts, order } = await terminal();
  const { stick, file } = stickWith(await order());
  spoil(file);
  await expect(showStick(config, stick)).rejects.toThrow(words);
  await expect(acceptStick(config, stick, BY)).rejects.toThrow(words);
  expect(facts()).toEqual([]);
});

test('a terminal that never met its platform follows nobody', async () => {
  const { state } = new TestTerminal();
  const config = { name: TERMINAL, state, services: {} } as Config;
  const keys = await PlatformKeys.openOrCreate(tempFolder());
  const { stick } = stickWith(await signed({ keys }));
  await expect(acceptStick(config, stick, BY)).rejects.toThrow(/センターのものではありません/u);
});
