import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const WHO = 'sato-hanako';
const COPIES = 4;
const FEE = 150;

export const PAPER_OUT_AT_SHEET_2: Scenario = {
  name: 'paper-out-at-sheet-2',
  title: { ja: '2枚目の用紙切れ', en: 'Out of sheets at the second of four' },
  incident: {
    ja: '途中で紙が切れ、紙を入れると、同じ証明書が何枚も出た。',
    en: 'The paper ran out in the middle; once it was back, sheets came out twice.',
  },
  source: null,
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, takings, since] = [await kiosk.sheets(), await kiosk.takings(), at.mark()];
    stage.step('4枚のうち2枚目で用紙が切れます', 'Sheets run out at the second of four');
    await at.place.page?.fault('media-empty', 1);
    const wish = { ...RESIDENT_RECORD, copies: COPIES };
    const isHeld = (done: number) => (screen: { screen: string; done?: number; held?: unknown }) =>
      screen.screen === 'printing' && screen.done === done && screen.held !== null;
    await kiosk.visit(WHO, wish, isHeld(1), async (visitor) => {
      const [taken, shown] = [(await kiosk.takings()) - takings, visitor.saw('printing')?.held];
      stage.prove(
        taken === 0 && shown === 'page-paper-out',
        {
          ja: '1枚出て止まり、用紙切れと言った。お金はまだもらっていない',
          en: 'after one sheet it waits and says why; the money is held and not taken',
        },
        { taken, shown },
      );
      stage.step('係員が用紙を入れます', 'Staff puts sheets in');
      await at.place.page?.clear();
      await visitor.go();
    });
    const own = await kiosk.sheetsSince(sheets);
    stage.prove(
      await kiosk.areOf(WHO, own, COPIES),
      { ja: 'ちょうど4枚出た', en: 'exactly four sheets came out' },
      own.length,
    );
    const taken = (await kiosk.takings()) - takings;
    stage.prove(
      taken === COPIES * FEE && at.lines(since, 'payment.captured').length === 1,
      { ja: 'お金は1回、4枚分だけ', en: 'the fee was taken once, for four' },
      { taken },
    );
  },
};
