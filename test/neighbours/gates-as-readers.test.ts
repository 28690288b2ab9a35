/** Two gates of one venue that an order makes readers of one shelter, and that are gates again afterwards. */

import { expect, test } from 'vitest';
import type { Config } from '../../src/config.ts';
import type { HeldRole } from '../../src/domain/role.ts';
import { inRole } from '../../src/role-config.ts';
import { EVACUEES, eventually, hearing, refOf, SCHOOL, TestReader } from './shelter-reader.ts';
import { Authority, LIST, TestGate } from './venue.ts';

const ROLE: HeldRole = {
  ...{ role: 'shelter', shelter: SCHOOL, name: '汐見小学校 避難所', capacity: 420, list: EVACUEES },
  ...{ municipality: '990029', certificate: '', until: '2026-12-24T00:00:00.000Z', command: 'c' },
};

test('a reader by order calls those whom the gate called, and uses nothing else that stands there', () => {
  const neighbours = { gates: [{ host: '10.0.20.11', port: 8_402 }] };
  const devices = { turnstile: {}, release: {}, page: {}, payment: {} };
  const config = { state: '/s', services: {}, neighbours, ...devices } as unknown as Config;
  expect(inRole(config, ROLE)).toMatchObject({
    neighbours,
    services: { 'evacuation-shelter': { shelter: SCHOOL, list: EVACUEES } },
    ...{ turnstile: undefined, release: undefined, page: undefined, payment: undefined },
  });
});

test('they share who came, and are gates again that know who entered before', async () => {
  const authority = await Authority.make();
  const [west, east] = [new TestGate('west', authority), new TestGate('east', authority)];
  await Promise.all([west.enrol(), east.enrol()]);
  await east.open([await west.open()]);
  await hearing(west, east);
  west.grant('a');
  await eventually(() => expect(east.enteredAt('a')).toBe('west'));
  const states = [west.state, east.state];
  await Promise.all([west.close(), east.close()]);

  const readers = await Promise.all(
    states.map((state, at) =>
      TestReader.of(['west', 'east'][at] ?? '', authority, { state, keeps: [LIST] }),
    ),
  );
  const [door, gym] = readers;
  if (door === undefined || gym === undefined) throw new Error('there are two');
  await gym.open([await door.open()]);
  await hearing(door, gym);
  door.arrives(refOf(1));
  gym.arrives(refOf(2));
  await eventually(() => {
    for (const each of readers) expect(each.roster.people).toMatchObject({ here: 2 });
  });
  // What was heard of the venue's entries is still there, and nobody tells it on.
  expect(gym.enteredAt('a')).toBe('west');
  await Promise.all(readers.map((reader) => reader.close()));

  const again = new TestGate('east', authority, { state: states[1] ?? '' });
  await again.enrol();
  again.start();
  expect(again.enteredAt('a')).toBe('west');
});
