import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import type { Scenario } from '../stage.ts';

const WHO = 'sato-hanako';

export const TAKAMATSU: Scenario = {
  name: 'takamatsu',
  title: { ja: '構成のちがうプログラム', en: 'A program set up for another site' },
  incident: {
    ja: '1台用のプログラムが何台もある所に入れられ、別人の証明書が出た。',
    en: "A program for a single server was put onto a site of several, and somebody else's certificate came out.",
  },
  source: { ja: '高松 2024', en: 'Takamatsu 2024' },
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    const [sheets, since] = [await kiosk.sheets(), at.mark()];
    stage.step(
      'センターが別の構成で動き出し、端末がつなぎ直します',
      'The centre comes up set up otherwise, and the kiosk connects anew',
    );
    await at.break('centre-other-topology');
    await at.break('network-down');
    await at.mend('network-down');
    await at.until('the kiosk that refuses', () =>
      at
        .lines(since, 'terminal.out-of-service')
        .some(({ reason }) => reason === 'topology-differs'),
    );
    stage.prove(
      at.place.terminal.health.levels.reason === 'topology-differs',
      {
        ja: 'つないだときに気づき、だれにも出さず、理由を画面と記録に出した',
        en: 'it saw so when it connected, serves nobody, and says why on screen and in the journal',
      },
      at.place.terminal.health.levels,
    );
    stage.step('構成を直します', 'It is set up rightly');
    await at.mend('centre-other-topology');
    await at.break('network-down');
    await at.mend('network-down');
    await at.until(
      'a kiosk that serves',
      () => at.place.terminal.health.levels.state === 'serving',
    );
    await kiosk.visit(WHO, RESIDENT_RECORD);
    const own = await kiosk.sheetsSince(sheets);
    stage.prove(
      await kiosk.areOf(WHO, own, 1),
      { ja: '直ってから、本人の1枚が出た', en: 'once it was right, one sheet came out, their own' },
      own.map(({ text }) => text),
    );
  },
};
