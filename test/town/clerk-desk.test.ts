/** What a clerk is shown and may do, what is logged of it, and what never leaves the server. */

import { expect, test } from 'vitest';
import type { TownRequest } from '../../platform-sim/town/requests.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import {
  DRAFT,
  ENTRIES,
  entry,
  now,
  openPage,
  pass,
  post,
  rig,
  seenBy,
  signIn,
  view,
} from './clerk-visit.ts';
import { DOCUMENT, PASSWORD } from './town-rig.ts';

test('who may only look changes nothing; an operator does, and a role that changes counts at once', async () => {
  const { ref } = rig.resident('森川 ハツ');
  const viewer = await openPage(await signIn('見習'));
  const asked: TownRequest[] = [
    { do: 'assign', ref, who: '消防 2' },
    { do: 'propose', draft: DRAFT },
    { do: 'consent', id: 'alert-1', document: DOCUMENT },
    { do: 'withdraw', id: 'alert-1' },
    { do: 'end', alert: 'alert-1', why: 'all-clear' },
    { do: 'begin', since: 0 },
  ];
  for (const each of asked) {
    expect(await viewer.ask(each)).toMatchObject({
      type: 'failed',
      why: '操作の権限がありません。',
    });
  }
  expect(rig.desk.alerts).toEqual([]);
  await rig.clerks.put({ name: '見習', role: 'operator' }, PASSWORD);
  expect(await viewer.ask({ do: 'assign', ref, who: '消防 2' })).toMatchObject({ type: 'done' });
  await viewer.ask(view());
  await expect.poll(() => JSON.stringify(viewer.heard)).toContain('消防 2');
});

test('an operator begins the day: what was told before counts no more, on every page, and once', async () => {
  const { ref } = rig.resident('森川 実');
  const [first, second] = [
    await openPage(await signIn('大西')),
    await openPage(await signIn('見習')),
  ];
  rig.tell('reader-1', 'shelter.arrived', { shelter: 'civic-hall', ref }, now);
  await second.ask(view());
  await expect.poll(() => second.rows()).not.toContain('森川 実');
  pass(60_000);
  expect(await first.ask({ do: 'begin', since: 0 })).toMatchObject({ type: 'done' });
  await expect.poll(() => second.rows()).toContain('森川 実');
  await expect.poll(() => JSON.stringify(second.heard)).toContain(`"since":${now}`);
  // Somebody else pressed the same key a moment later.
  const late = await first.ask({ do: 'begin', since: 0 });
  expect(late).toMatchObject({ type: 'failed', why: expect.stringContaining('ほかの職員') });
  expect(seenBy('begin').map(({ clerk }) => clerk)).toEqual(['大西', '大西']);
  rig.tell('reader-1', 'shelter.arrived', { shelter: 'civic-hall', ref }, now + 1);
  await expect.poll(() => second.rows()).not.toContain('森川 実');
});

test('an alert goes out by two people, and never by the same one twice', async () => {
  const [first, second] = [
    await openPage(await signIn('大西')),
    await openPage(await signIn('佐野')),
  ];
  await first.ask({ do: 'propose', draft: DRAFT });
  const id = rig.desk.alerts[0]?.id ?? '';
  const consent = { do: 'consent', id, document: DOCUMENT } as const;
  expect(await first.ask(consent)).toMatchObject({ type: 'failed' });
  const other = { ...consent, document: 'e'.repeat(64) };
  expect(await second.ask(other)).toMatchObject({ type: 'failed' });
  expect(await second.ask(consent)).toMatchObject({ type: 'done' });
  await expect.poll(() => JSON.stringify(first.heard)).toContain('"state":"active"');
  expect(seenBy('alert').map(({ clerk }) => clerk)).toEqual(['大西', '大西', '佐野', '佐野']);
});

test('the list is told in its order, changes within a second, and each person who was seen is in the log first', async () => {
  const page = await openPage(await signIn('見習'));
  await page.ask(view());
  await expect
    .poll(() => page.rows())
    .toEqual(['森川 ハツ', '秘田 守', '津田 シゲ', '森川 実', '=cmd 太郎']);
  const [listed] = seenBy('list');
  expect(listed).toMatchObject({ clerk: '見習', detail: { total: 5 } });
  expect(listed?.detail['refs']).toHaveLength(5);
  const { ref } = rig.resident('森川 実');
  const took = stopwatch();
  rig.tell('stb-1', 'alert.answered', { alert: 'A', ref, answer: 'help' }, now);
  await expect.poll(() => page.rows()[0], { interval: 10 }).toBe('森川 実');
  expect(took()).toBeLessThan(4_000);
  const shelter = 'civic-hall';
  rig.tell('reader-1', 'shelter.arrived', { shelter, ref }, now + 1);
  await expect.poll(() => page.rows()).not.toContain('森川 実');
  expect(page.heard.map(({ n }) => n)).toEqual(page.heard.map((_, at) => at + 1));
  // What was told again was only what had changed.
  const last = page.heard.findLast(({ type }) => type === 'rows');
  expect(last).toMatchObject({ rows: [], total: 4 });
  // Nobody is logged twice for one view.
  expect(seenBy('list')).toHaveLength(1);
});

test('looking for somebody finds them as people type; the log says that somebody searched, and not for what', async () => {
  const page = await openPage(await signIn('見習'));
  for (const [search, found] of [
    ['つだ', ['津田 シゲ']],
    ['ﾂﾀﾞｼｹﾞ', ['津田 シゲ']],
    ['港町', ['津田 シゲ']],
    ['足が痛い', ['森川 ハツ']],
    ['浜町', []],
    ['透析', []],
    ['秘田', ['秘田 守']],
  ] as const) {
    await page.ask(view({ search }));
    await expect.poll(() => page.heard.at(-1)).toMatchObject({ type: 'rows', view: { search } });
    expect(page.rows()).toEqual(found);
  }
  await page.ask(view({ district: 'hama' }));
  await expect.poll(() => page.heard.at(-1)).toMatchObject({ type: 'rows', total: 0 });
  const log = JSON.stringify([...rig.log.entries()]);
  expect(log).toContain('"isSearch":true');
  expect(log).not.toMatch(/つだ|津田|ﾂﾀﾞ/u);
});

test('whose whereabouts nobody is told is counted, and shown without a place: in the list, beside it, and in every table', async () => {
  const { ref } = rig.resident('秘田 守');
  rig.tell('reader-1', 'shelter.arrived', { shelter: 'civic-hall', ref }, now);
  rig.tell('stb-1', 'alert.answered', { alert: 'A', ref, answer: 'help' }, now + 1);
  const cookie = await signIn('大西');
  const page = await openPage(cookie);
  await page.ask(view());
  await expect.poll(() => rig.town.standings.stateOf(ref).standing).toBe('help');
  await expect.poll(() => page.rows()[0]).toBe('秘田 守');
  const answer = await page.ask({ do: 'person', ref });
  expect(answer).toMatchObject({
    answer: { person: { standing: 'help', address: null, support: '', stays: [], household: [] } },
  });
  const { body } = await post('/csv', { of: 'open', district: '' }, { cookie });
  expect(body).toContain('助けが必要,秘田 守,80,非公開,');
  const told = JSON.stringify(page.heard) + body;
  expect(told).not.toMatch(/浜町 9|透析/u);
  expect(JSON.stringify(answer)).not.toMatch(/civic-hall|市民会館/u);
  expect(rig.town.shared.counts).toMatchObject({ all: 5, help: 1 });
});

test('a person is shown with what was told of them and who they live with; each look is in the log', async () => {
  const { ref } = rig.resident('森川 ハツ');
  rig.tell('stb-1', 'alert.seen', { alert: 'A', refs: [ref] }, now);
  rig.tell('reader-1', 'shelter.arrived', { shelter: 'civic-hall', ref }, now + 1);
  rig.tell('reader-1', 'shelter.went-out', { shelter: 'civic-hall', ref }, now + 2);
  const page = await openPage(await signIn('見習'));
  await expect.poll(() => rig.town.standings.stateOf(ref).standing).toBe('safe');
  const answer = await page.ask({ do: 'person', ref });
  expect(answer).toMatchObject({
    answer: {
      person: {
        ...{ standing: 'safe', kana: 'カナ', age: 83 },
        stays: [{ shelter: '汐見市民会館', since: now + 1, out: true }],
        household: [{ name: '森川 実', standing: 'unknown' }],
        course: [
          { event: 'alert.seen', shelter: null },
          { event: 'shelter.arrived', shelter: '汐見市民会館' },
          { event: 'shelter.went-out' },
        ],
      },
    },
  });
  expect(seenBy('person')).toMatchObject([{ clerk: '見習', detail: { ref } }]);
  expect([...rig.log.entries({ ref })].map(({ what }) => what)).toEqual(['person']);
  const nobody = await page.ask({ do: 'person', ref: 'f'.repeat(32) });
  expect(nobody).toMatchObject({ type: 'failed' });
});

test('tables open in a spreadsheet as they are meant, and no name is a formula', async () => {
  const cookie = await signIn('大西');
  const open = await post('/csv', { of: 'open', district: '' }, { cookie });
  expect(open.body.startsWith('\ufeff状況,氏名,年齢,')).toBe(true);
  expect(open.body).toContain("返事なし,'=cmd 太郎,26,");
  expect(seenBy('csv')[0]?.detail['refs']).toHaveLength(5);
  const shelters = await post('/csv', { of: 'shelters' }, { cookie });
  expect(shelters.headers['content-type']).toBe('text/csv; charset=utf-8');
  const [header, first] = shelters.body.replace('\ufeff', '').split('\r\n');
  expect(header?.split(',').slice(0, 4)).toEqual([
    '全国地方公共団体コード',
    'ID',
    '名称',
    '名称_カナ',
  ]);
  expect(first).toContain('990029,shiomi-elementary,汐見小学校,しおみしょうがっこう,');
  expect(first).toContain('避難者0人（2026-11-21 17:00現在）');
});

test('a shelter that is not heard any more says since when', async () => {
  const shelter = 'civic-hall';
  rig.tell('reader-1', 'shelter.arrived', { shelter, mark: 'm' }, now - 60_000);
  rig.contacts.tell(new Set(['reader-1']), now);
  const page = await openPage(await signIn('見習'));
  const contact = () => {
    const states = page.heard.filter((message) => message.type === 'state');
    const told = states.findLast(({ parts }) => parts.shelters !== undefined)?.parts.shelters;
    return told?.find(({ id }) => id === shelter)?.contact;
  };
  await expect.poll(contact).toEqual({ linked: true, at: null });
  pass(1_000);
  rig.contacts.tell(new Set(), now);
  await expect.poll(contact).toEqual({ linked: false, at: now });
  // The process that serves terminals has died: what it said last counts no more.
  rig.contacts.tell(new Set(['reader-1']), now);
  await expect.poll(contact).toEqual({ linked: true, at: null });
  const aliveAt = now;
  pass(10_000);
  await expect.poll(contact).toEqual({ linked: false, at: aliveAt });
});

test('a register that is brought in anew is shown at once, and so is another day', async () => {
  const page = await openPage(await signIn('見習'));
  await page.ask(view());
  await expect.poll(() => page.rows()).toHaveLength(5);
  rig.residents.replace([...ENTRIES, entry('6', '新井 新')]);
  await expect.poll(() => page.rows()).toHaveLength(6);
});
