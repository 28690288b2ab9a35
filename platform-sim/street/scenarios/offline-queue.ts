import type { Scenario } from '../stage.ts';

export const OFFLINE_QUEUE: Scenario = {
  name: 'offline-queue',
  title: { ja: 'オフラインの間にたまった入場', en: 'Entries queued offline' },
  incident: {
    ja: 'オフラインでためた入場が、送り直すときに消えたり、あとの人が「重複」とされたりした。',
    en: 'Entries queued offline were deleted on upload, or later people dropped as duplicates.',
  },
  source: { ja: 'libpretixsync、Eventra #11074', en: 'libpretixsync, Eventra #11074' },
  async play(stage) {
    const ids = ['tomoshino-makoto', 'tomoshino-yuko', 'tomoshino-sora'];
    const guests = [];
    for (const id of ids) guests.push(await stage.guest(id));
    await stage.everythingArrived();
    const told = stage.street.platform.lastArrival;
    const since = stage.mark();
    stage.step('通信を切って、家族3人が入ります', 'No network; a family of three enters');
    await stage.break('network-down');
    const decisions: string[] = [];
    for (const guest of guests) decisions.push(await stage.decision(guest));
    decisions.push(await stage.decision(stage.street.resident('shioji-fui')));
    stage.prove(
      decisions.join() === 'granted,granted,granted,not-on-list',
      { ja: '通信なしで、正しく判断した', en: 'every decision was right without a network' },
      decisions,
    );
    stage.step('たまったまま、ゲートを止めます', 'The gate is killed while they wait');
    const killed = stage.mark();
    await stage.place.terminal.kill();
    await stage.servesAgain(killed);
    stage.prove(
      stage.told(told).length === 0,
      { ja: 'まだ1つも届いていない', en: 'nothing has arrived yet' },
      stage.told(told).length,
    );
    stage.step('通信を戻します', 'The network comes back');
    await stage.mend('network-down');
    await stage.everythingArrived();
    const numbers = stage.lines(since).flatMap(({ seq }) => (typeof seq === 'number' ? [seq] : []));
    const arrived = stage.told(told).map(({ seq }) => seq);
    const expected = [...new Set(numbers)].sort((a, b) => a - b);
    stage.prove(
      arrived.join() === expected.join(),
      {
        ja: `${arrived.length}件すべて、順番どおりに1回ずつ届いた`,
        en: 'all arrived, in order, once each',
      },
      { arrived, expected },
    );
    stage.prove(
      stage.told(told).filter(({ event }) => event === 'entry.granted').length === 3,
      { ja: '入場は3人、断られたことも残っている', en: 'three entries, and the refusal as well' },
      stage.told(told).map(({ event }) => event),
    );
  },
};
