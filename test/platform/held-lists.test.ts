import { expect, onTestFinished, test } from 'vitest';
import { NotAQuestionError } from '../../platform-sim/checked-question.ts';
import { HeldLists } from '../../platform-sim/held-lists.ts';
import { Registry } from '../../platform-sim/registry.ts';
import { listHoldings } from '../../platform-sim/services/list-holdings.ts';
import { tempFolder } from '../store/fixtures.ts';

const NOW = Date.parse('2016-02-20T09:00:00.000Z');
const AT = '2016-02-20T08:00:00.000Z';

function open(directory = tempFolder()) {
  const [held, registry] = [new HeldLists(directory), new Registry(directory)];
  onTestFinished(() => {
    held.close();
    registry.close();
  });
  const tell = async (terminal: string, body: unknown) =>
    listHoldings({ id: '', terminal, body, card: null }, { held, now: () => NOW } as never);
  return { tell, of: (terminal: string) => held.of(terminal, registry, NOW), directory };
}

test('what a terminal holds is all that it named last, and is known after a restart', async () => {
  const { tell, of, directory } = open();
  const [one, other] = ['arena', 'stadium'].map((list) => ({ list, version: 3, confirmedAt: AT }));
  await tell('gate-1', { lists: [other, one] });
  await tell('gate-2', { lists: [one] });
  expect(of('gate-1').map(({ list }) => list)).toEqual(['arena', 'stadium']);
  await tell('gate-1', { lists: [other] });
  const again = open(directory);
  // Lists that this platform does not publish have no policy to age by.
  expect(again.of('gate-1')).toEqual([
    {
      ...{ list: 'stadium', version: 3, newest: null, age: null, confirmedAt: AT },
      saidAt: new Date(NOW).toISOString(),
    },
  ]);
  expect(again.of('gate-2')).toHaveLength(1);
  await tell('gate-1', { lists: [] });
  expect(again.of('gate-1')).toEqual([]);
});

test('nobody makes a list younger than now', async () => {
  const { tell, of } = open();
  await tell('gate-1', {
    lists: [{ list: 'arena', version: 1, confirmedAt: '2999-01-01T00:00:00.000Z' }],
  });
  expect(of('gate-1')).toMatchObject([{ confirmedAt: new Date(NOW).toISOString() }]);
});

test.each([
  ['nothing', {}],
  ['a version that is none', { lists: [{ list: 'arena', version: 0, confirmedAt: AT }] }],
  ['a time that is none', { lists: [{ list: 'arena', version: 1, confirmedAt: 'yesterday' }] }],
  [
    'more lists than a terminal has',
    { lists: new Array(65).fill({ list: 'a', version: 1, confirmedAt: AT }) },
  ],
])('who says %s has said nothing', async (_what, body) => {
  const { tell, of } = open();
  await tell('gate-1', { lists: [{ list: 'arena', version: 1, confirmedAt: AT }] });
  await expect(tell('gate-1', body)).rejects.toThrow(NotAQuestionError);
  expect(of('gate-1')).toHaveLength(1);
});
