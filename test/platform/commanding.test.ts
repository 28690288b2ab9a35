/** Commands at the platform: numbered for good, told to whom they are for, and what came of them. */

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  framesFor,
  listCommands,
  type NewCommand,
  sendCommand,
} from '../../platform-sim/commanding.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { openKeys, openStores } from '../../platform-sim/stores.ts';
import { COMMAND } from '../../src/link/protocol.ts';
import { certifiedBy, openSignedObject } from '../../src/pki/signed-object.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { Bench, jsonLines, refusal } from './programs.ts';
import { TestPlatform } from './test-platform.ts';

let world: TestPlatform;
beforeEach(async () => {
  world = await TestPlatform.start();
});
afterEach(() => world.stop());

const MINUTE = 60_000;

function send(over: Partial<NewCommand> = {}, now = Date.now()) {
  const { registry, keys } = world.stores;
  const command = { to: 'all', does: 'report-health', lifeMs: MINUTE, ...over } as const;
  return sendCommand(registry, keys, command, now);
}

async function commandIn(frame: { statement: string }) {
  const { keys } = world.stores;
  const cms = Buffer.from(frame.statement, 'base64');
  const signers = certifiedBy(keys.caCertificate);
  const { content, signer } = await openSignedObject(cms, 'command', signers, Date.now());
  expect(signer).toBe(keys.signerOf('command'));
  return COMMAND.parse(JSON.parse(String(content)));
}

test('a command reaches at once whom it is for, and nobody else', async () => {
  const one = await BareTerminal.greet(world.url, new Chain('gate-1'));
  const two = await BareTerminal.greet(world.url, new Chain('gate-2'));
  const { id } = await send({ to: ['gate-1'] });
  expect(await commandIn(await one.next('command'))).toMatchObject({
    id,
    to: ['gate-1'],
    number: 1,
  });
  const { id: forAll } = await send();
  expect((await commandIn(await two.next('command'))).id).toBe(forAll);
});

test('a terminal that comes later is told what has not expired, the oldest first', async () => {
  await send({ to: ['gate-1'] }, Date.now() - 10 * MINUTE);
  const [a, b] = [await send({ to: ['gate-2', 'gate-1'] }), await send()];
  const late = await BareTerminal.greet(world.url, new Chain('gate-1'));
  const first = await late.next('command');
  const second = await late.next('command', late.frames.indexOf(first) + 1);
  expect((await commandIn(first)).id).toBe(a.id);
  expect((await commandIn(second)).id).toBe(b.id);
  const kinds = late.frames.map(({ frame }) => frame);
  expect(kinds.indexOf('root')).toBeLessThan(kinds.indexOf('command'));
});

test('of many who send at once each gets a number of its own', async () => {
  const sent = await Promise.all(Array.from({ length: 8 }, () => send()));
  const numbers = sent.map(({ number }) => number).sort((a, b) => a - b);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test('numbers go on after a start, also for what has expired', async () => {
  await send({}, Date.now() - 10 * MINUTE);
  await world.restart();
  expect((await send()).number).toBe(2);
});

test('what terminals said of it is listed; the others are open until it expires', async () => {
  for (const name of ['gate-1', 'gate-2', 'gate-3']) {
    await BareTerminal.greet(world.url, new Chain(name));
  }
  const { id } = await send();
  const tell = async (name: string, event: string, body: object) => {
    const chain = new Chain(name, randomUUID()).add(
      { command: id, number: 1, does: 'x', ...body },
      { event },
    );
    const terminal = await BareTerminal.greet(world.url, chain);
    await terminal.tell(chain);
  };
  await tell('gate-1', 'command.done', { notWell: ['disk'] });
  await tell('gate-2', 'command.refused', { reason: 'busy' });
  // Only its own terminal's word counts, and only for a command that there is.
  await tell('gate-2', 'command.done', { command: randomUUID() });
  const { registry, facts } = world.stores;
  const at = expect.any(String);
  const outcomes = (now: number) => listCommands(registry, facts, now)[0]?.outcomes;
  expect(outcomes(Date.now())).toEqual([
    { terminal: 'gate-1', state: 'done', at, said: { notWell: ['disk'] } },
    { terminal: 'gate-2', state: 'refused', at, said: { reason: 'busy' } },
    { terminal: 'gate-3', state: 'open', at: null, said: {} },
  ]);
  expect(outcomes(Date.now() + MINUTE)?.[2]).toMatchObject({ state: 'expired' });
});

test('no more are open at once than a terminal takes', async () => {
  for (let n = 0; n < 64; n += 1) await send();
  await expect(send()).rejects.toThrow(InputError);
  const { registry } = world.stores;
  expect(framesFor(registry, 'gate-1', Date.now())).toHaveLength(64);
  expect(framesFor(registry, 'gate-1', Date.now() + MINUTE)).toEqual([]);
  expect(await send({}, Date.now() + MINUTE)).toMatchObject({ number: 65 });
});

test('the command line sends, lists, and says what is wrong', async () => {
  const bench = await Bench.create();
  const sent = await bench.run('command', 'send', 'report-health', '--to', 'gate-1,gate-2');
  expect(JSON.parse(sent.stdout)).toMatchObject({ event: 'command.sent', number: 1 });
  const [listed, what, when, whom] = await Promise.all([
    bench.run('command', 'list'),
    refusal(bench.run('command', 'send', 'self-destruct', '--to', 'all')),
    refusal(bench.run('command', 'send', 'restart', '--to', 'all', '--expires', '8d')),
    refusal(bench.run('command', 'send', 'restart', '--to', 'Gate 1')),
  ]);
  expect(jsonLines(listed.stdout)).toMatchObject([
    {
      ...{ number: 1, does: 'report-health', to: ['gate-1', 'gate-2'] },
      outcomes: [
        { terminal: 'gate-1', state: 'open' },
        { terminal: 'gate-2', state: 'open' },
      ],
    },
  ]);
  expect(what).toMatch(/no command self-destruct; there are report-health, restart/u);
  expect(when).toMatch(/--expires "8d": a time like/u);
  expect(whom).toMatch(/--to "Gate 1": /u);
  await bench.remove();
}, 120_000);

test('the stores of an earlier version take commands, too', async () => {
  const bench = await Bench.create();
  const stores = openStores(bench.state);
  stores.registry.db.exec('DROP TABLE command');
  stores.registry.db.pragma('user_version = 1');
  stores.close();
  const again = openStores(bench.state);
  const keys = await openKeys(bench.state);
  const command = { to: 'all', does: 'restart', lifeMs: MINUTE } as const;
  expect(await sendCommand(again.registry, keys, command, Date.now())).toMatchObject({ number: 1 });
  again.close();
  await bench.remove();
});
