import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const [FIRST, SECOND] = ['sato-hanako', 'kazami-taro'];
const COPIES = 3;

export const CARD_CHANGED_WHILE_PRINTING: Scenario = {
  name: 'card-changed-while-printing',
  title: { ja: '印刷中にかざされた別のカード', en: 'Another card while it prints' },
  incident: {
    ja: '印刷のとちゅうで次の人がカードを置き、2人の用紙がまざる。',
    en: 'The next person puts a card down while it prints, and the sheets of both get mixed.',
  },
  source: null,
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, since] = [await kiosk.sheets(), at.mark()];
    stage.step(
      '3枚の印刷中に、次の人がカードを置きます',
      'While three sheets are printed, the next person puts a card down',
    );
    const wish = { ...RESIDENT_RECORD, copies: COPIES };
    const isPrinting = ({ screen }: { readonly screen: string }) => screen === 'printing';
    await kiosk.visit(FIRST, wish, isPrinting, async (visitor) => {
      await at.place.hold(stage.street.resident(SECOND));
      await visitor.go(({ screen }) => screen === 'take-paper');
      await at.place.hands.remove();
      await visitor.go();
    });
    const own = await kiosk.sheetsSince(sheets);
    stage.prove(
      await kiosk.areOf(FIRST, own, COPIES),
      {
        ja: '3枚とも、頼んだ人のもの。置かれたカードでは何も起きない',
        en: 'all three are of whoever ordered them; the other card changed nothing',
      },
      own.map(({ text }) => text),
    );
    stage.prove(
      at.lines(since, 'certificate.issued').length === 1,
      { ja: '発行は1回だけ', en: 'and there was one issue' },
      at.lines(since, 'certificate.issued'),
    );
  },
};
