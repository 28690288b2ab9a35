/** An alert on a television: nothing but the municipality ends it, and nothing is shown that is not on the medium. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { ActiveAlert } from '../../src/domain/alert.ts';
import { ANSWER_UNDO_MS } from '../../src/domain/evacuation.ts';
import { answerChoice, personChoice, UNDO } from '../../src/domain/television-screen.ts';
import { coloursOf } from '../../src/screen/colours.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { STANDING_DELAYS } from '../../src/television/standings.ts';
import { ALERT, HATSU, settled, TARO, TelevisionRig } from './television-rig.ts';

const OVER: ActiveAlert = { ...ALERT, state: 'over', update: 1 };
const NONE = { people: [], chosen: null, undo: null };

describe('what is shown', () => {
  test('an alert takes the screen from whatever is there, and the reader that is lost keeps nobody from it', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.choose('people');
    expect(rig.screen).toMatchObject({ screen: 'tv-people' });
    await rig.raise(ALERT);
    expect(rig.screen).toMatchObject({ screen: 'tv-alert', tone: 'alert', chosen: HATSU.ref });
    expect(rig.woken).toBe(1);
  });

  test('it interrupts somebody who is being linked', async () => {
    const rig = await TelevisionRig.open();
    rig.hasReader = true;
    await rig.choose('link');
    await rig.press({ key: 'enter' });
    expect(rig.screen).toMatchObject({ screen: 'tv-place-card' });
    await rig.raise(ALERT);
    expect(rig.screen).toMatchObject({ screen: 'tv-alert', ...NONE });
    expect(rig.notes).toContain('service.cancelled');
    await rig.raise();
    expect(rig.screen).toMatchObject({ screen: 'tv-home' });
  });

  test('no key and no time ends it', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    expect(await rig.press({ key: 'back' })).toBe('key-not-allowed');
    await rig.press({ key: 'enter' });
    await rig.wait(7 * 86_400_000);
    expect(rig.screen).toMatchObject({ screen: 'tv-alert' });
  });

  test('an advisory of level 2 stands in the bar, and calls nobody', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise({ ...ALERT, level: 2 });
    expect(rig.screen).toMatchObject({ screen: 'tv-home', advisory: ALERT.what });
  });

  test('over: until somebody has read it, and not again after a start', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    await rig.raise(OVER);
    expect(rig.screen).toMatchObject({ alert: { state: 'over' }, tone: 'done' });
    await rig.wait(86_400_000);
    expect(rig.screen).toMatchObject({ screen: 'tv-alert' });
    await rig.press({ key: 'enter' });
    expect(rig.screen).toMatchObject({ screen: 'tv-home' });
    await rig.restart();
    expect(rig.screen).toMatchObject({ screen: 'tv-home' });
  });

  test('several: the first of them, the key shows the next, and a new one is shown first', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    const severe: ActiveAlert = { ...ALERT, id: 'severe', level: 5, shelters: [] };
    await rig.raise(severe, ALERT);
    expect(rig.screen).toMatchObject({ alert: { level: 5 }, more: 1 });
    await rig.press({ key: 'more' });
    expect(rig.screen).toMatchObject({ alert: { level: 4 }, more: 1 });
    await rig.raise(severe, { ...ALERT, update: 1 });
    expect(rig.screen).toMatchObject({ alert: { level: 5 } });
  });

  test('an alert that expires leaves nothing behind', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    await rig.raise();
    expect(rig.screen).toMatchObject({ screen: 'tv-home' });
  });
});

describe('the call', () => {
  test('is repeated at its intervals: sooner while nobody is there, later once a key was pressed', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    const first = rig.screen.speech;
    expect(first).toMatch(/^\/voice\/ja\/tv-call\?/u);
    await rig.wait(25_000);
    expect(rig.screen).toMatchObject({ tone: null, speech: null });
    await rig.wait(30_000);
    expect(rig.screen).toMatchObject({ tone: 'alert' });
    expect(rig.screen.speech).not.toBe(first);
    await rig.press({ key: 'enter' });
    expect(rig.screen).toMatchObject({ tone: null });
    await rig.wait(30_000);
    expect(rig.screen).toMatchObject({ tone: null });
    await rig.wait(150_000);
    expect(rig.screen).toMatchObject({ tone: 'alert' });
  });

  test('names whoever has not answered, and nobody while guests are there', async () => {
    const rig = await TelevisionRig.open([HATSU, TARO]);
    const words = () => rig.service.programme?.callWords('ja');
    await rig.raise(ALERT);
    expect(words()).toMatch(/^もりかわ はつさん、もりかわ たろうさん、にげてください。/u);
    await rig.choose(answerChoice('leaving', HATSU.ref));
    expect(words()).toMatch(/^もりかわ たろうさん、にげてください。/u);
    await rig.raise();
    await rig.choose('guests');
    await rig.raise({ ...ALERT, update: 1 });
    expect(words()).toMatch(/^にげてください。/u);
    expect(JSON.stringify(rig.screen)).not.toContain('太郎');
    expect(rig.screen).toMatchObject({ people: [{ name: '森＊ ハ＊' }, { name: '森＊ 太＊' }] });
  });

  test('is heard where the sound was off, and where it was not is as loud as it was', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.press({ key: 'sound' });
    expect(rig.screen).toMatchObject({ sound: 'loud' });
    await rig.press({ key: 'sound' });
    expect(rig.screen).toMatchObject({ sound: 'off' });
    await rig.raise(ALERT);
    expect(rig.screen).toMatchObject({ sound: 'normal', tone: 'alert' });
    expect(rig.screen.speech).not.toBeNull();
    await rig.wait(25_000);
    expect(rig.screen).toMatchObject({ sound: 'off' });
  });

  test('ends when everybody has answered', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    await rig.choose(answerChoice('help', HATSU.ref));
    await rig.wait(3_600_000);
    expect(rig.screen).toMatchObject({ tone: null, people: [{ standing: 'help' }] });
  });

  test('no name is in what the browser is asked to fetch', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    expect(decodeURIComponent(rig.screen.speech ?? '')).not.toMatch(/[ぁ-ん一-龠]/u);
  });
});

describe('answers', () => {
  test('each is a fact, once, and shown with it; the same again is none', async () => {
    const rig = await TelevisionRig.open([HATSU, TARO]);
    await rig.raise(ALERT);
    await rig.choose(answerChoice('leaving', TARO.ref));
    await rig.choose(answerChoice('leaving', TARO.ref));
    expect(rig.facts('alert.answered')).toEqual([
      { alert: ALERT.id, ref: TARO.ref, answer: 'leaving' },
    ]);
    expect(rig.screen).toMatchObject({
      people: [{ standing: 'unknown' }, { standing: 'leaving' }],
      undo: { ref: TARO.ref, answer: 'leaving' },
    });
  });

  test('the colours answer for whoever is chosen, where there is something to answer', async () => {
    const rig = await TelevisionRig.open([HATSU, TARO]);
    expect(coloursOf(rig.screen)).toEqual({});
    await rig.raise(ALERT);
    await rig.choose(personChoice(TARO.ref));
    const { blue, green, red } = coloursOf(rig.screen);
    for (const key of [blue, green, red]) if (key !== undefined) await rig.press(key);
    expect(rig.facts('alert.answered')).toMatchObject([
      { ref: TARO.ref, answer: 'leaving' },
      { ref: TARO.ref, answer: 'safe' },
      { ref: TARO.ref, answer: 'help' },
    ]);
    await rig.raise(OVER);
    expect(coloursOf(rig.screen)).toEqual({});
  });

  test('a second press never answers for somebody else', async () => {
    const rig = await TelevisionRig.open([HATSU, TARO]);
    await rig.raise(ALERT);
    await rig.choose(answerChoice('safe', HATSU.ref));
    expect(rig.screen).toMatchObject({ chosen: HATSU.ref });
    await rig.choose(personChoice(TARO.ref));
    expect(rig.screen).toMatchObject({ chosen: TARO.ref });
  });

  test('taken back, the one before stands again; after ten seconds nothing is taken back', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    await rig.choose(answerChoice('leaving', HATSU.ref));
    await rig.choose(answerChoice('help', HATSU.ref));
    await rig.choose(UNDO);
    expect(rig.screen).toMatchObject({ people: [{ standing: 'leaving' }], undo: null });
    expect(rig.facts('alert.answer-undone')).toMatchObject([{ ref: HATSU.ref }]);
    await rig.choose(answerChoice('safe', HATSU.ref));
    const later = performance.now() + ANSWER_UNDO_MS;
    vi.spyOn(performance, 'now').mockImplementation(() => later);
    await rig.choose(UNDO);
    vi.restoreAllMocks();
    expect(rig.facts('alert.answer-undone')).toHaveLength(1);
  });

  test('of nobody who is linked, to nothing that is offered, and after the end change nothing', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    await rig.choose(answerChoice('safe', TARO.ref));
    await rig.choose('nonsense');
    await rig.raise(OVER);
    await rig.choose(answerChoice('safe', HATSU.ref));
    expect(rig.facts('alert.answered')).toEqual([]);
  });

  test('a disk that takes no fact: the alert is shown, the answer is not, and it is said', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    const full = vi.spyOn(rig.ledger, 'record').mockImplementation(() => {
      throw new DiskFullError('full');
    });
    await rig.raise(ALERT);
    expect(rig.screen).toMatchObject({ screen: 'tv-alert', tone: 'alert' });
    await rig.choose(answerChoice('safe', HATSU.ref));
    expect(rig.screen).toMatchObject({ lost: true, people: [{ standing: 'unknown' }] });
    full.mockRestore();
    await rig.choose(answerChoice('safe', HATSU.ref));
    expect(rig.screen).toMatchObject({ lost: false, people: [{ standing: 'safe' }] });
  });
});

describe('what is kept', () => {
  test('that it was shown and seen: once for each update, with the people it was for', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    await rig.press({ key: 'enter' });
    await rig.press({ key: 'enter' });
    await rig.raise({ ...ALERT, update: 1 });
    expect(rig.facts('alert.shown')).toMatchObject([
      { alert: ALERT.id, update: 0, level: 4, drill: false, refs: [HATSU.ref] },
      { alert: ALERT.id, update: 1 },
    ]);
    expect(rig.facts('alert.seen')).toEqual([{ alert: ALERT.id, update: 0, refs: [HATSU.ref] }]);
  });

  test('after a power cut the alert and the answers are there again, and no fact twice', async () => {
    const rig = await TelevisionRig.open([HATSU, TARO]);
    await rig.raise(ALERT);
    await rig.choose(answerChoice('leaving', TARO.ref));
    await rig.restart();
    expect(rig.screen).toMatchObject({
      screen: 'tv-alert',
      people: [
        { name: HATSU.name, standing: 'unknown' },
        { name: TARO.name, standing: 'leaving' },
      ],
      undo: null,
    });
    expect(rig.facts('alert.shown')).toHaveLength(1);
  });

  test('guests stay masked after a start', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.choose('guests');
    await rig.restart();
    expect(rig.screen).toMatchObject({ guests: true, people: [{ name: '森＊ ハ＊', kana: '' }] });
    await rig.choose('guests');
    expect(rig.screen).toMatchObject({ guests: false, people: [{ name: HATSU.name }] });
  });

  test('no name is on the disk', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    await rig.choose(answerChoice('safe', HATSU.ref));
    const { directory } = rig;
    const files = ['ledger.db', 'ledger.db-wal'].map((file) => join(directory, file));
    const bytes = files.map((file) => readFileSync(file).toString('latin1')).join('');
    expect(bytes).toContain(HATSU.ref);
    for (const name of ['ハツ', 'もりかわ']) {
      expect(bytes).not.toContain(Buffer.from(name, 'utf8').toString('latin1'));
    }
  });
});

describe('what the municipality knows', () => {
  const said = (rig: TelevisionRig, standing: string, at: string | null) => {
    rig.answer = ({ refs }) => ({
      standings: refs.map((ref) => ({ ref, standing, at, where: null })),
    });
  };
  const heard = async (rig: TelevisionRig) => {
    rig.poke();
    await vi.advanceTimersByTimeAsync(STANDING_DELAYS.poked);
  };

  test('who is safe is shown so and called no more; all safe: a calm screen', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    said(rig, 'safe', '2026-11-25T09:00:00.000Z');
    await heard(rig);
    vi.useRealTimers();
    await settled();
    expect(rig.screen).toMatchObject({ people: [{ standing: 'safe' }], tone: null });
    await rig.wait(3_600_000);
    expect(rig.screen).toMatchObject({ tone: null });
  });

  test('the later word counts, whoever said it', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    said(rig, 'safe', '2026-11-25T07:00:00.000Z');
    await heard(rig);
    vi.useRealTimers();
    await rig.choose(answerChoice('help', HATSU.ref));
    expect(rig.screen).toMatchObject({ people: [{ standing: 'help' }] });
  });

  test('who is in the register no more is linked no more, but not before the platform knows of the link', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    rig.answer = () => ({ standings: [] });
    await heard(rig);
    expect(rig.screen).toMatchObject({ people: [{ ref: HATSU.ref }] });
    rig.ledger.acknowledge(rig.ledger.lastFact().seq);
    await heard(rig);
    vi.useRealTimers();
    await settled();
    expect(rig.screen).toMatchObject({ screen: 'tv-alert', people: [] });
    expect(rig.facts('television.unlinked')).toEqual([{ ref: HATSU.ref, by: 'register' }]);
  });

  test('a platform that says nothing, or nonsense, changes nothing', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    await rig.raise(ALERT);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await heard(rig);
    rig.answer = () => ({ standings: 'all' });
    await heard(rig);
    vi.useRealTimers();
    await settled();
    expect(rig.asked).toEqual(['evacuation-standing', 'evacuation-standing']);
    expect(rig.screen).toMatchObject({ people: [{ standing: 'unknown' }] });
  });

  test('nobody is asked about while nothing counts', async () => {
    const rig = await TelevisionRig.open([HATSU]);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await vi.advanceTimersByTimeAsync(STANDING_DELAYS.again * 2);
    vi.useRealTimers();
    expect(rig.asked).toEqual([]);
  });
});
