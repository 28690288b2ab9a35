import { KioskStage, RESIDENT_RECORD } from '../kiosk-stage.ts';
import { NotProvedError, type Scenario } from '../stage.ts';

const WHO = 'kazami-taro';
const A_DAY_MS = 86_400_000;
const RIGHT_WITHIN_MS = 60_000;

export const CLOCK_A_DAY_WRONG: Scenario = {
  name: 'clock-a-day-wrong',
  title: { ja: '1日ずれた時計の証明書', en: 'A certificate by a clock a day off' },
  incident: {
    ja: '端末の時計が1日進み、閉まっている時間に受け付けたり、あすの日付を記録したりする。',
    en: 'The clock is a day ahead: the kiosk serves when it is closed, and records what happens tomorrow.',
  },
  source: null,
  async play(stage) {
    const kiosk = KioskStage.of(stage);
    const at = kiosk.stage;
    if (!at.place.canSkewClock) throw new NotProvedError('missing: faketime');
    const [sheets, since] = [await kiosk.sheets(), at.mark()];
    stage.step('時計を1日進めて起動します', 'Restarted with the clock a day ahead');
    await at.break('clock-tomorrow');
    await at.servesAgain(since);
    const corrected = await at.line('clock.corrected', since);
    stage.prove(
      Math.abs(Number(corrected['offsetMs'])) > A_DAY_MS / 2,
      { ja: 'ずれを測って、黙って直した', en: 'the skew was measured and corrected silently' },
      corrected['offsetMs'],
    );
    await kiosk.visit(WHO, RESIDENT_RECORD);
    stage.prove(
      await kiosk.areOf(WHO, await kiosk.sheetsSince(sheets), 1),
      { ja: '証明書は本人のもので、本物', en: "the certificate is its holder's, and genuine" },
      sheets,
    );
    const printed = await at.line('certificate.printed', since);
    const off = Math.abs(Date.parse(String(printed['at'])) - Date.now());
    stage.prove(
      off < RIGHT_WITHIN_MS,
      { ja: '記録の時刻は正しい', en: 'the time in the record is right' },
      { off },
    );
    stage.step('正しい時計で起動し直します', 'Restarted with the right clock');
    const right = at.mark();
    await at.mend('clock-tomorrow');
    await at.servesAgain(right);
  },
};
