import { NotProvedError, type Scenario } from '../stage.ts';

const RIGHT_WITHIN_MS = 60_000;

export const SKEWED_CLOCK: Scenario = {
  name: 'skewed-clock',
  title: { ja: '3時間ずれた時計', en: 'A clock three hours off' },
  incident: {
    ja: '「時計がずれています」と来た人に言うだけで、その人には何もできなかった。',
    en: 'Visitors were told that the clock was wrong, and could do nothing about it.',
  },
  source: { ja: 'CoronaCheck #67（オランダ）', en: 'CoronaCheck #67 (Netherlands)' },
  async play(stage) {
    if (!stage.place.canSkewClock) throw new NotProvedError('missing: faketime');
    const guest = await stage.guest('kazami-taro');
    await stage.everythingArrived();
    const told = stage.street.platform.lastArrival;
    const since = stage.mark();
    stage.step('時計を3時間進めて起動します', 'Restarted with the clock three hours ahead');
    await stage.break('clock-ahead');
    await stage.servesAgain(since);
    const corrected = await stage.line('clock.corrected', since);
    stage.prove(
      Math.abs(Number(corrected['offsetMs'])) > 3_500_000,
      { ja: 'ずれを測って、黙って直した', en: 'the skew was measured and corrected silently' },
      corrected['offsetMs'],
    );
    const { answer } = await stage.tap(guest);
    const off = Math.abs(Date.parse(String(answer['at'])) - Date.now());
    stage.prove(
      answer['event'] === 'entry.granted' && off < RIGHT_WITHIN_MS,
      { ja: '来た人はふつうに入場できた', en: 'the visitor enters as always' },
      { event: answer['event'], off },
    );
    await stage.everythingArrived();
    const [entry] = stage.told(told).filter(({ event }) => event === 'entry.granted');
    const late = Math.abs(Date.parse(entry?.at ?? '') - Date.now());
    stage.prove(
      late < RIGHT_WITHIN_MS,
      { ja: '届いた記録の時刻も正しい', en: 'the time of the fact is right, too' },
      entry?.at,
    );
    stage.step('正しい時計で起動し直します', 'Restarted with the right clock');
    const right = stage.mark();
    await stage.mend('clock-ahead');
    await stage.servesAgain(right);
  },
};
