/** A gate that a signed order makes the reader of a shelter, and that is a gate again afterwards. */

import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type NewCommand, sendCommand } from '../../platform-sim/commanding.ts';
import { shelterOrder } from '../../platform-sim/evacuation/order-commands.ts';
import { newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';
import { SHIOMI_SHELTERS } from '../../platform-sim/evacuation/shiomi.ts';
import { CommandRunner } from '../../src/commands.ts';
import { Conditions } from '../../src/conditions.ts';
import type { Config } from '../../src/config.ts';
import type { Command, CommandRefusal } from '../../src/domain/command.ts';
import type { ShelterRole } from '../../src/domain/role.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { COMMAND } from '../../src/link/protocol.ts';
import { MunicipalitySeal } from '../../src/pki/seal-to-municipality.ts';
import { Roles } from '../../src/roles.ts';
import { TestTerminal } from '../link/fixtures.ts';
import { atTheGate, LIST, type World } from '../terminal.ts';

const HOUR = 3_600_000;
const { certificate } = await newMunicipalityKey('990029', Date.now());
const other = await newMunicipalityKey('990029', Date.now());

function shelter(over: Partial<ShelterRole> = {}): ShelterRole {
  const said = { shelter: 'shiomi-elementary', list: 'evacuees-990029', municipality: '990029' };
  const order = { ...said, until: Date.now() + HOUR };
  return { ...shelterOrder(SHIOMI_SHELTERS, order, certificate, Date.now()), ...over };
}

async function send(world: World, command: Pick<NewCommand, 'does' | 'role'>): Promise<string> {
  const { registry } = world.platform.stores;
  const to = [world.config.name];
  const sent = { to, lifeMs: HOUR, ...command };
  return (await sendCommand(registry, await world.keys(), sent, Date.now())).id;
}

/** What asked for the restart has happened; the next process begins. */
async function again(world: World, since: number): Promise<void> {
  await world.journal.next({ event: 'world.asked-to-restart' }, since);
  await world.stop();
  await world.start();
}

test('a gate becomes the reader of a shelter, takes in whoever comes, and is a gate again', () =>
  atTheGate(async (world, { card }) => {
    const { journal, config } = world;
    const taken = journal.all.length;
    const order = await send(world, { does: 'take-role', role: shelter() });
    await again(world, taken);
    expect(await journal.next({ event: 'role.taken' }, taken)).toMatchObject({
      ...{ command: order, shelter: 'shiomi-elementary', how: 'link' },
    });
    await world.screen({ screen: 'shelter-waiting', people: 0 } as Partial<Screen>);
    await world.hold(card.card);
    expect(await journal.next({ event: 'shelter.arrived' }, taken)).toMatchObject({
      shelter: 'shiomi-elementary',
    });
    await world.remove();
    // A power cut leaves it what it was.
    await world.stop();
    await world.start();
    await world.screen({ screen: 'shelter-waiting', people: 1 } as Partial<Screen>);
    expect(config.services['event-entry']?.list).toBe(LIST);

    const ended = journal.all.length;
    await send(world, { does: 'end-role' });
    await again(world, ended);
    expect(await journal.next({ event: 'role.ended' }, ended)).toMatchObject({
      ...{ order, ended: 'order' },
    });
    await world.screen({ screen: 'waiting' });
    expect(await world.tap(card.card)).toMatchObject({ event: 'entry.granted' });
  }));

test('whoever is at the gate is served to the end first, and whoever comes is told to wait', () =>
  atTheGate(async (world, { card }) => {
    const { journal } = world;
    await world.hold(card.card);
    await journal.next({ event: 'entry.granted' });
    const since = journal.all.length;
    await send(world, { does: 'take-role', role: shelter() });
    await journal.next({ event: 'terminal.out-of-service', reason: 'role-changing' }, since);
    expect(journal.count({ event: 'role.taken' })).toBe(0);
    await world.remove();
    await world.hold((await world.cards.card()).card);
    expect(await journal.next({ event: 'card.ignored' }, since)).toMatchObject({
      reason: 'role-changing',
    });
    await world.remove();
    expect(journal.count({ event: 'role.taken' })).toBe(0);
  }));

/** Of a terminal that is configured so, without a network. */
function rolesOf(over: Partial<Config> = {}, terminal = new TestTerminal()) {
  const { ledger, clock } = terminal;
  const recorder = {
    ledger,
    record: (facts: never, { steps }: { steps: () => void }) => ledger.record(facts, steps),
  };
  const folder = { ledger, clock, recorder } as unknown as ConstructorParameters<typeof Roles>[1];
  const config = { state: terminal.state, services: {}, ...over } as Config;
  return { terminal, roles: new Roles(config, folder, new Conditions()), folder, config };
}

const recipient = new MunicipalitySeal(certificate);
const PNG = Buffer.from('not a certificate').toString('base64');

test.each<[string, CommandRefusal | null, Partial<Config>, ShelterRole | null]>([
  ['at a gate', null, { services: { 'event-entry': { list: LIST } } as never }, shelter()],
  ['at a gate of the same municipality', null, { transfer: { mount: '/m', recipient } }, shelter()],
  [
    'of another municipality',
    'other-municipality',
    { transfer: { mount: '/m', recipient } },
    shelter({ certificate: other.certificate.toString('base64') }),
  ],
  ['whose time is past', 'role-over', {}, shelter({ until: new Date(1e12).toISOString() })],
  ['with a certificate that is none', 'municipality-key', {}, shelter({ certificate: PNG })],
  ['at a television', 'not-suited', { services: { 'evacuation-alert': {} } as never }, shelter()],
  ['to end what was never begun', 'no-role', {}, null],
])('an order %s: %s', (_what, refusal, config, role) => {
  expect(rolesOf(config).roles.refusalOf({ role })).toBe(refusal);
});

test('a disk that is full changes nothing, and the same order is followed when it is told again', async () => {
  const { terminal, roles, folder, config } = rolesOf();
  let isFull = true;
  const noted: unknown[] = [];
  let restarts = 0;
  const { ledger } = terminal;
  const runner = new CommandRunner({
    recorder: {
      ledger,
      record: (facts: never, { steps }: { steps: () => void }) =>
        ledger.record(facts, () => {
          steps();
          if (isFull) throw Object.assign(new Error('full'), { code: 'SQLITE_FULL' });
        }),
      note: (_event: string, fields: object) => noted.push(fields),
    } as never,
    ...{ now: Date.now, software: '1', checks: async () => [], roles },
    ...{ idle: async () => true, quiet: async () => true },
    ...{ restart() {}, way: { how: 'link' } },
  });
  roles.start({
    quiet: async () => true,
    onRestart: () => {
      restarts += 1;
    },
    onDefect: (error) => {
      throw error;
    },
  });
  onTestFinished(() => roles.stop());
  const at = Date.now();
  const command: Command = {
    ...{ id: randomUUID(), issuer: 'a', number: 1, does: 'take-role', role: shelter() },
    ...{ issuedAt: at, expires: at + HOUR },
  };
  runner.take(command);
  await expect.poll(() => noted).toEqual([{ reason: 'disk-full' }]);
  expect(ledger.lastFact().seq).toBe(0);
  expect(new Roles(config, folder, new Conditions()).held).toBeNull();
  isFull = false;
  runner.take(command);
  await expect.poll(() => restarts).toBe(1);
  expect([...ledger.facts(0)].map(({ event }) => event)).toEqual(['role.taken', 'command.done']);
  expect(new Roles(config, folder, new Conditions()).held?.command).toBe(command.id);
});

test('a role ends when its time is past, by the platform’s clock alone, and once nobody is served', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const { terminal, roles, folder, config } = rolesOf();
  const { ledger } = terminal;
  const role = shelter();
  const order = randomUUID();
  const { facts, keep } = roles.change({ id: order, role }, { how: 'link' });
  ledger.record(facts, keep);
  let time: { now: number; quality: string } = { now: Date.now(), quality: 'synced' };
  const clock = { now: () => time.now, quality: () => time.quality } as never;
  const served = Promise.withResolvers<boolean>();
  let restarts = 0;
  const inRole = new Roles(config, { ...folder, clock }, new Conditions());
  expect(inRole.config.services).toMatchObject({
    'evacuation-shelter': { shelter: 'shiomi-elementary', list: 'evacuees-990029' },
  });
  inRole.start({
    quiet: () => served.promise,
    onRestart: () => {
      restarts += 1;
    },
    onDefect: (error) => {
      throw error;
    },
  });
  onTestFinished(() => inRole.stop());
  const held = () => new Roles(config, folder, new Conditions()).held;
  await vi.advanceTimersByTimeAsync(2_000);
  time = { now: Date.parse(role.until) + 30 * 24 * HOUR, quality: 'holdover' };
  await vi.advanceTimersByTimeAsync(2_000);
  expect(held()?.command).toBe(order);
  time = { ...time, quality: 'synced' };
  await vi.advanceTimersByTimeAsync(2_000);
  expect(held()).toBeNull();
  expect(restarts).toBe(0);
  served.resolve(true);
  await expect.poll(() => restarts).toBe(1);
  expect([...ledger.facts(0)].at(-1)).toMatchObject({
    event: 'role.ended',
    body: { order, ended: 'expired' },
  });
});

test('a role is one terminal’s, and comes with its own command alone', () => {
  const said = (to: unknown, act: object) =>
    COMMAND.safeParse({
      ...{ kind: 'command', id: randomUUID(), number: 1, to, do: act },
      issuedAt: new Date().toISOString(),
      expires: new Date(Date.now() + HOUR).toISOString(),
    }).success;
  const take = { name: 'take-role', role: shelter() };
  expect(said(['gate-1'], take)).toBe(true);
  expect(said(['gate-1'], { name: 'end-role' })).toBe(true);
  expect(said('all', take)).toBe(false);
  expect(said(['gate-1', 'gate-2'], { name: 'end-role' })).toBe(false);
  expect(said(['gate-1'], { name: 'take-role' })).toBe(false);
  expect(said(['gate-1'], { ...take, name: 'restart' })).toBe(false);
});
