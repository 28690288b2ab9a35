import { NotProvedError, type Scenario } from '../stage.ts';

export const READER_REPLUG: Scenario = {
  name: 'reader-replug',
  title: { ja: 'さし直した読み取り機', en: 'A reader that was replugged' },
  incident: {
    ja: '読み取り機をさし直しても気づかず、動かし直すまで使えなかった。',
    en: 'A replugged reader was not seen until the program was restarted.',
  },
  source: {
    ja: 'node-pcsclite #68、pyscard #27、eid-mw #174',
    en: 'node-pcsclite #68, pyscard #27, eid-mw #174',
  },
  async play(stage) {
    if (!stage.place.cards.canUnplug) throw new NotProvedError('the reader is not of this street');
    const guest = await stage.guest('sato-hanako');
    const since = stage.mark();
    stage.step('読み取り機をぬきます', 'The reader is unplugged');
    await stage.break('reader-unplugged');
    const out = await stage.line('terminal.out-of-service', since);
    stage.prove(
      out['reason'] === 'reader-lost',
      { ja: 'ゲートは気づいて「使えません」と出した', en: 'the gate noticed, and said so' },
      out['reason'],
    );
    stage.step('読み取り機をさします', 'The reader is plugged in');
    const back = stage.mark();
    await stage.mend('reader-unplugged');
    await stage.servesAgain(back);
    stage.prove(
      stage.lines(back, 'terminal.ready').length === 0,
      { ja: '動かし直さずに、自分で戻った', en: 'it came back by itself, without a restart' },
      stage.lines(back, 'terminal.ready').length,
    );
    const first = await stage.decision(guest);
    stage.prove(
      first === 'granted',
      { ja: '次のカードを読めた', en: 'and reads the next card' },
      first,
    );
    if (!stage.place.cards.canRestart) return;
    stage.step('読み取りの土台も止めてみます', 'Now the service below is killed');
    const dead = stage.mark();
    await stage.break('pcscd-killed');
    await stage.servesAgain(dead);
    const second = await stage.decision(guest);
    stage.prove(
      second === 'already-entered',
      {
        ja: '土台が落ちても、同じように戻った',
        en: 'it comes back from a dead service the same way',
      },
      second,
    );
  },
};
