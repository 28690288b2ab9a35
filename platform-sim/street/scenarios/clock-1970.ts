import { NotProvedError, type Scenario } from '../stage.ts';

const YEAR_2026 = Date.parse('2026-01-01T00:00:00Z');

export const CLOCK_1970: Scenario = {
  name: 'clock-1970',
  title: { ja: '1970年から始まる時計', en: 'A clock that begins in 1970' },
  incident: {
    ja: '電池の切れた時計で起動し、時刻が合う前の記録が1970年になった。',
    en: 'Started without a battery, records before the first synchronisation said 1970.',
  },
  source: { ja: 'MicroOcpp #311、#354', en: 'MicroOcpp #311, #354' },
  async play(stage) {
    if (!stage.place.canSkewClock) throw new NotProvedError('missing: faketime');
    const guest = await stage.guest('sato-hanako');
    await stage.everythingArrived();
    const told = stage.street.platform.lastArrival;
    const since = stage.mark();
    stage.step('通信を切り、1970年の時計で起動します', 'No network, and a clock of 1970');
    await stage.break('network-down');
    await stage.break('clock-1970');
    await stage.servesAgain(since);
    const { answer } = await stage.tap(guest);
    stage.prove(
      answer['event'] === 'entry.granted' && Date.parse(String(answer['at'])) > YEAR_2026,
      { ja: '時計が狂っていても入場できた', en: 'a visitor enters in spite of the clock' },
      { event: answer['event'], at: answer['at'] },
    );
    stage.step('通信を戻します', 'The network comes back');
    await stage.mend('network-down');
    await stage.everythingArrived();
    const facts = stage.told(told);
    const [entry] = facts.filter(({ event }) => event === 'entry.granted');
    stage.prove(
      entry !== undefined && entry.clock !== 'synced',
      {
        ja: '「時刻は確かでない」と正直に記録した',
        en: 'the fact says itself that its time is unsure',
      },
      entry?.clock,
    );
    const years = facts.map(({ at }) => new Date(at).getUTCFullYear());
    stage.prove(
      years.length > 0 && years.every((year) => year >= 2026),
      { ja: '1970年の記録は1つもない', en: 'no fact says 1970' },
      years,
    );
    stage.step('正しい時計で起動し直します', 'Restarted with the right clock');
    const right = stage.mark();
    await stage.mend('clock-1970');
    await stage.servesAgain(right);
  },
};
