import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const [FIRST, SECOND] = ['sato-hanako', 'kazami-taro'];
/** Later than the kiosk waits. */
const LATE_MS_MAX = 60_000;

export const YOKOHAMA: Scenario = {
  name: 'yokohama',
  title: { ja: '時間切れの後に届いた答え', en: 'The answer after the time-out' },
  incident: {
    ja: '時間切れのあとに届いた前の人の証明書が、次の人のものとして印刷された。',
    en: 'The answer that came after a time-out was printed for the next person: ten papers, eighteen people.',
  },
  source: { ja: '横浜 2023', en: 'Yokohama 2023' },
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, takings, since] = [await kiosk.sheets(), await kiosk.takings(), at.mark()];
    stage.step(
      'センターの答えが遅れ、前の人は時間切れになります',
      'The centre is late: the first person is told so',
    );
    await at.break('centre-answers-late');
    const first = await kiosk.visit(FIRST, RESIDENT_RECORD);
    await at.mend('centre-answers-late');
    const ended = first.saw('ended');
    stage.prove(
      ended?.reason === 'centre-silent' && ended.money === 'nothing-charged',
      {
        ja: '30秒でおわびして終わった。お金はもらっていない',
        en: 'after 30 seconds it apologised, and nothing was charged',
      },
      ended,
    );
    stage.step(
      '次の人が頼むあいだに、前の人の答えが届きます',
      'While the next person orders, the late answer comes',
    );
    await kiosk.visit(
      SECOND,
      RESIDENT_RECORD,
      ({ screen }) => screen === 'confirm-order',
      async (visitor) => {
        const awaited = { since, limitMs: LATE_MS_MAX, what: 'the late answer' };
        await at.place.terminal.journal.next(({ event }) => event === 'answer.dropped', awaited);
        await visitor.go();
      },
    );
    const own = await kiosk.sheetsSince(sheets);
    stage.prove(
      await kiosk.areOf(SECOND, own, 1),
      {
        ja: '遅れた答えは捨てられ、次の人には本人のものだけが出た',
        en: 'the late answer was dropped, and the next person got their own sheet and no other',
      },
      own.map(({ text }) => text),
    );
    const taken = (await kiosk.takings()) - takings;
    stage.prove(taken === 150, { ja: 'お金は次の人の分だけ', en: 'only the second paid' }, taken);
  },
};
