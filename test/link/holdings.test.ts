import { expect, test } from 'vitest';
import { HoldingsReport } from '../../src/link/holdings.ts';
import { HOLDINGS, type Holdings } from '../../src/link/holdings-protocol.ts';
import type { Ask, Asked } from '../../src/link/questions.ts';
import type { ActiveList } from '../../src/store/list-shelf.ts';
import { manifestOf } from '../store/lists.ts';

const AT = Date.parse('2016-02-20T09:00:00.000Z');

/** A shelf whose list can change, and a platform that answers as the test says. */
function report(answer: () => Promise<Asked>) {
  const active: { version: number; confirmedAt: number } = { version: 1, confirmedAt: AT };
  const told: Holdings['lists'][] = [];
  const ask: Ask = (question) => {
    told.push(HOLDINGS.parse(JSON.parse(question.body)).lists);
    return answer();
  };
  const shelf = {
    active: (list: string): ActiveList | null => {
      const { version, confirmedAt } = active;
      if (list !== 'stadium') return null;
      return { manifest: manifestOf({ list, version, rows: 0, chunks: [] }), confirmedAt };
    },
  };
  const holdings = new HoldingsReport({ lists: ['stadium', 'missing'], shelf, ask });
  return { holdings, active, told };
}

const settled = () => new Promise(setImmediate);

test('what is held is told with every link, when it changes, and not otherwise', async () => {
  const { holdings, active, told } = report(async () => ({ asked: 'answered', body: '{}' }));
  holdings.linkUp();
  await settled();
  holdings.tell();
  await settled();
  expect(told).toEqual([
    [{ list: 'stadium', version: 1, confirmedAt: '2016-02-20T09:00:00.000Z' }],
  ]);
  active.version = 2;
  holdings.tell();
  await settled();
  expect(told[1]).toMatchObject([{ version: 2 }]);
  holdings.linkUp();
  await settled();
  expect(told).toHaveLength(3);
  await holdings.stop();
});

test('what changes while it is being told is told next', async () => {
  const answers: ((asked: Asked) => void)[] = [];
  const { holdings, active, told } = report(() => new Promise((resolve) => answers.push(resolve)));
  holdings.linkUp();
  await settled();
  active.version = 2;
  holdings.tell();
  answers.shift()?.({ asked: 'answered', body: '{}' });
  await settled();
  expect(told.map(([one]) => one?.version)).toEqual([1, 2]);
  answers.shift()?.({ asked: 'answered', body: '{}' });
  await holdings.stop();
});

test('a platform that knows nothing of it is asked once a link', async () => {
  const { holdings, active, told } = report(async () => ({
    asked: 'refused',
    fault: 'unknown-service',
  }));
  holdings.linkUp();
  await settled();
  active.version = 2;
  holdings.tell();
  await settled();
  expect(told).toHaveLength(1);
  holdings.linkUp();
  await settled();
  expect(told).toHaveLength(2);
  await holdings.stop();
});

test('without a link nothing is told, and a stop waits for no answer', async () => {
  const { holdings, told } = report(async () => ({ asked: 'offline' }));
  holdings.tell();
  await holdings.stop();
  holdings.tell();
  await settled();
  expect(told).toHaveLength(1);
});
