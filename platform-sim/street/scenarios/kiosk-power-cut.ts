import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const WHO = 'sato-hanako';

export const KIOSK_POWER_CUT: Scenario = {
  name: 'kiosk-power-cut',
  title: { ja: '支払いのあとの停電', en: 'Power cut after the money' },
  incident: {
    ja: 'お金を入れたところで電源が落ち、証明書も出ず、お金も戻らない。',
    en: 'The power goes when the money is in: no certificate, and no money back.',
  },
  source: null,
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, takings, since] = [await kiosk.sheets(), await kiosk.takings(), at.mark()];
    await at.place.payment?.takeTray();
    stage.step('お金を預かったところで、電源が落ちます', 'The power goes while the money is held');
    await kiosk.visit(
      WHO,
      RESIDENT_RECORD,
      ({ screen }) => screen === 'take-card',
      () => at.place.terminal.kill(),
    );
    await at.place.hands.remove();
    await at.servesAgain(since);
    await at.line('payment.voided', since, 'the money that goes back');
    const tray = (await at.place.payment?.takeTray()) ?? 0;
    const came = (await kiosk.sheets()) - sheets;
    stage.prove(
      tray === 150 && came === 0 && (await kiosk.takings()) === takings,
      {
        ja: '動き出すと、お金は全部返り、紙は1枚も出ていない',
        en: 'once it is back, all the money lies in the tray, and no sheet came out',
      },
      { tray, came },
    );
    const voided = at.lines(since, 'certificate.voided');
    stage.prove(
      voided.length === 1 && voided[0]?.['reason'] === 'interrupted',
      { ja: 'センターにも取りやめと伝えた', en: 'and the centre was told that it is void' },
      voided,
    );
  },
};
