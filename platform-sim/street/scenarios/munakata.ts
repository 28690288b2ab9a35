import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const [FIRST, SECOND] = ['sato-hanako', 'kazami-taro'];

export const MUNAKATA: Scenario = {
  name: 'munakata',
  title: { ja: '前の人の証明書', en: "The previous person's certificate" },
  incident: {
    ja: '前の人の証明書がプリンターに残り、次の人のときに出てきた。',
    en: "The previous person's certificate was left in the printer, and came out for the next person.",
  },
  source: { ja: '宗像 2023', en: 'Munakata 2023' },
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, takings, since] = [await kiosk.sheets(), await kiosk.takings(), at.mark()];
    stage.step(
      '用紙が切れたまま、前の人があきらめて帰ります',
      'Without sheets in the printer, the first person gives up and goes',
    );
    await kiosk.visit(
      FIRST,
      RESIDENT_RECORD,
      ({ screen }) => screen === 'take-card',
      async (visitor) => {
        await at.break('sheets-out');
        await visitor.go((screen) => screen.screen === 'printing' && screen.held !== null);
        visitor.press({ key: 'back' });
        await visitor.go(({ screen }) => screen === 'closed' || screen === 'menu');
      },
    );
    await at.line('payment.voided', since, 'the money that goes back');
    stage.prove(
      (await kiosk.sheets()) === sheets && (await kiosk.takings()) === takings,
      {
        ja: '何も出ず、お金は返った',
        en: 'nothing came out, and the money went back',
      },
      at.lines(since, 'certificate.voided'),
    );
    stage.step('用紙を入れ、次の人が来ます', 'Sheets are put in, and the next person comes');
    await at.mend('sheets-out');
    await at.place.terminal.serves();
    await kiosk.visit(SECOND, RESIDENT_RECORD);
    const own = await kiosk.sheetsSince(sheets);
    stage.prove(
      await kiosk.areOf(SECOND, own, 1),
      {
        ja: '出たのは次の人の1枚だけ。前の人のものは、どこにも残っていない',
        en: 'one sheet came out, the next person’s own; nothing of the first was left',
      },
      own.map(({ text }) => text),
    );
  },
};
