import { NotProvedError, type Scenario } from '../stage.ts';

export const DISK_FILLED: Scenario = {
  name: 'disk-filled',
  title: { ja: 'いっぱいになったディスク', en: 'A disk that filled up' },
  incident: {
    ja: '記録がふくらんでディスクを満たし、データベースごと止まった。',
    en: 'A log grew until the disk was full, and the database with it.',
  },
  source: { ja: 'Anthias #286', en: 'Anthias #286' },
  async play(stage) {
    if (stage.place.disk === null) throw new NotProvedError('needs root, for a disk of its own');
    const early = await stage.guest('sato-hanako');
    const late = await stage.guest('kazami-taro');
    await stage.everythingArrived();
    const told = stage.street.platform.lastArrival;
    const before = await stage.decision(early);
    const since = stage.mark();
    stage.step('ディスクをいっぱいにします', 'The disk is filled');
    await stage.break('disk-full');
    const out = await stage.line('terminal.out-of-service', since);
    stage.prove(
      before === 'granted' && out['reason'] === 'disk-full',
      { ja: '記録を失う前に「使えません」と出した', en: 'out of service before a fact is lost' },
      out['reason'],
    );
    const refused = await stage.tap(late);
    stage.prove(
      refused.answer['event'] === 'card.ignored' &&
        stage.lines(since, 'entry.granted').length === 0,
      { ja: '記録できない間は、誰も通さない', en: 'nobody is admitted who could not be recorded' },
      refused.answer['event'],
    );
    stage.step('ディスクをあけます', 'The disk has room again');
    const room = stage.mark();
    await stage.mend('disk-full');
    await stage.servesAgain(room);
    const after = await stage.decision(late);
    await stage.everythingArrived();
    const entries = stage.told(told).filter(({ event }) => event === 'entry.granted').length;
    stage.prove(
      after === 'granted' && entries === 2,
      {
        ja: '自分で戻り、入場は1件も失われていない',
        en: 'it comes back by itself; no entry is lost',
      },
      { after, entries },
    );
  },
};
