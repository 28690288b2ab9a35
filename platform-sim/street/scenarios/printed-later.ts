import type { Scenario } from '../stage.ts';
import { decisionOf } from '../terminal-health.ts';

export const PRINTED_LATER: Scenario = {
  name: 'printed-later',
  title: { ja: '入れたのに券が出ない', en: 'Entered, but no paper' },
  incident: {
    ja: '入場を記録したあと印刷に失敗し、機械が止まって、来た人が動けなくなった。',
    en: 'Printing failed after the entry was recorded; the kiosk went out of order, the visitor stuck.',
  },
  source: { ja: 'pretixSCAN（Android、キオスク）', en: 'pretixSCAN for Android, kiosk mode' },
  async play(stage) {
    const guest = await stage.guest('sato-hanako');
    const since = stage.mark();
    stage.step('ふたを開けて、かざします', 'The cover is open; a card is held');
    await stage.break('cover-open');
    const { answer } = await stage.tap(guest);
    await stage.line('print.owed', since);
    stage.prove(
      decisionOf(answer) === 'granted',
      { ja: '入場はそのまま、券は「あとで」', en: 'the entry stands and the receipt is owed' },
      decisionOf(answer),
    );
    stage.step('ふたを閉めて、もう一度かざします', 'The cover is closed; the same card again');
    const closed = stage.mark();
    await stage.mend('cover-open');
    await stage.line('device.condition', closed);
    const again = await stage.tap(guest);
    stage.prove(
      again.answer['event'] === 'receipt.claimed' && again.paper !== null,
      { ja: 'もう一度かざすと、券が1枚出た', en: 'the second tap printed it' },
      again.answer['event'],
    );
    const third = await stage.decision(guest);
    const granted = stage.lines(since, 'entry.granted').length;
    stage.prove(
      third === 'already-entered' && granted === 1 && stage.lines(since, 'print.done').length === 1,
      { ja: '3回目は入場済み。入場1回、券1枚', en: 'the third is refused: one entry, one paper' },
      { third, granted },
    );
  },
};
