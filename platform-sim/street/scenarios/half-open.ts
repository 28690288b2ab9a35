import type { Scenario } from '../stage.ts';

/** Far above what a tap takes, far below what a network's time-outs take. */
const DECISION_MS_MAX = 5_000;

export const HALF_OPEN: Scenario = {
  name: 'half-open',
  title: { ja: '切れたのに気づかない通信', en: 'A half-open connection' },
  incident: {
    ja: '相手がいなくなっても、つながったままに見え、オフラインだと気づかなかった。',
    en: 'The peer was gone, the socket looked alive, and nobody noticed that it was offline.',
  },
  source: { ja: 'libocpp #895', en: 'libocpp #895' },
  async play(stage) {
    const guest = await stage.guest('kazami-taro');
    await stage.everythingArrived();
    const told = stage.street.platform.lastArrival;
    const since = stage.mark();
    stage.step('つながったまま、何も届かなくします', 'Connected, and nothing passes');
    await stage.break('network-stalled');
    const startedAt = performance.now();
    const { answer } = await stage.tap(guest);
    const ms = performance.now() - startedAt;
    stage.prove(
      answer['event'] === 'entry.granted' && ms < DECISION_MS_MAX,
      { ja: 'カードの判断は、通信を待たない', en: 'the decision did not wait for the network' },
      { event: answer['event'], ms: Math.round(ms) },
    );
    stage.step('ゲートが気づくのを待ちます', 'Waiting for the gate to notice');
    await stage.line('link.down', since);
    stage.prove(
      stage.told(told).length === 0,
      { ja: 'ゲートは切れたことに自分で気づいた', en: 'the gate noticed by itself' },
      stage.told(told).length,
    );
    stage.step('通信を戻します', 'The network comes back');
    await stage.mend('network-stalled');
    await stage.everythingArrived();
    const entries = stage.told(told).filter(({ event }) => event === 'entry.granted').length;
    stage.prove(
      entries === 1,
      { ja: '戻ると、入場は1回だけ届いた', en: 'once it is back, the entry arrives, once' },
      entries,
    );
  },
};
