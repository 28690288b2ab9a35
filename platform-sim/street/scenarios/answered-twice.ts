import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const WHO = 'kazami-taro';

export const ANSWERED_TWICE: Scenario = {
  name: 'answered-twice',
  title: { ja: '2回届いた答え', en: 'The centre answers twice' },
  incident: {
    ja: '同じ答えが2回届き、証明書が2枚出て、2回払うことになる。',
    en: 'An answer comes twice, is printed twice, and paid for twice.',
  },
  source: null,
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, takings, since] = [await kiosk.sheets(), await kiosk.takings(), at.mark()];
    stage.step('センターが、どの答えも2回送ります', 'The centre sends every answer twice');
    await at.break('centre-answers-twice');
    await kiosk.visit(WHO, RESIDENT_RECORD);
    const own = await kiosk.sheetsSince(sheets);
    const taken = (await kiosk.takings()) - takings;
    stage.prove(
      (await kiosk.areOf(WHO, own, 1)) && taken === 150,
      { ja: '1枚出て、1回払った', en: 'one sheet came out, and was paid for once' },
      { sheets: own.length, taken },
    );
    stage.prove(
      at.lines(since, 'answer.dropped').length > 0,
      { ja: '2回目の答えは捨てられた', en: 'the second answer was dropped' },
      at.lines(since, 'answer.dropped'),
    );
  },
};
