import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const WHO = 'sato-hanako';

export const NETWORK_CUT_AFTER_CHARGE: Scenario = {
  name: 'network-cut-after-charge',
  title: { ja: '支払いと印刷の間の通信断', en: 'Network cut between charge and paper' },
  incident: {
    ja: 'お金を払ったところで通信が切れ、証明書が出たのかだれにも分からない。',
    en: 'The network goes when the money is in, and nobody knows whether a certificate came out.',
  },
  source: null,
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, takings, since] = [await kiosk.sheets(), await kiosk.takings(), at.mark()];
    stage.step(
      'お金を預かったところで、通信が切れます',
      'The network is cut while the money is held',
    );
    await kiosk.visit(
      WHO,
      RESIDENT_RECORD,
      ({ screen }) => screen === 'take-card',
      async (visitor) => {
        await at.break('network-down');
        await visitor.go(({ screen }) => screen === 'closed' || screen === 'menu');
      },
    );
    const own = await kiosk.sheetsSince(sheets);
    const taken = (await kiosk.takings()) - takings;
    stage.prove(
      (await kiosk.areOf(WHO, own, 1)) && taken === 150,
      {
        ja: '証明書はもう手元にある。1枚出て、お金は1回だけ',
        en: 'the document was here already: one sheet came out, and was paid once',
      },
      { sheets: own.length, taken },
    );
    stage.step('通信が戻ります', 'The network is back');
    await at.mend('network-down');
    const request = at.lines(since, 'certificate.printed')[0]?.['request'];
    await at.until('the centre that knows it', () =>
      stage.street.centre
        .issues()
        .some((issue) => issue.request === request && issue.state === 'printed'),
    );
    stage.prove(
      true,
      { ja: 'センターにも、出たと伝わった', en: 'and the centre has heard that it came out' },
      request,
    );
  },
};
