import type { Scenario } from '../stage.ts';

export const POWER_CUT: Scenario = {
  name: 'power-cut',
  title: { ja: '読み取り中の停電', en: 'Power cut mid-tap' },
  incident: {
    ja: '途中で電源が切れると、開始の記録が消えたり、書きかけの行がずっと機械を止めたりした。',
    en: 'After a power cut a start was lost, and a half-written row blocked the device for ever.',
  },
  source: { ja: 'MicroOcpp #227、#454、#455', en: 'MicroOcpp #227, #454, #455' },
  async play(stage) {
    const { terminal, hands } = stage.place;
    const guest = await stage.guest('nagihara-midori');
    await stage.everythingArrived();
    const told = stage.street.platform.lastArrival;
    const since = stage.mark();
    stage.step('読み取りの途中で電源を切ります', 'The power is cut in the middle of the reading');
    await stage.holdUntilRead(guest);
    await terminal.kill();
    await hands.remove();
    await stage.servesAgain(since);
    const facts = stage.lines(since).filter(({ seq }) => typeof seq === 'number');
    stage.prove(
      facts.length === 0,
      {
        ja: '決めていないことは、何も記録されていない',
        en: 'nothing was recorded that was not decided',
      },
      facts.map(({ event }) => event),
    );
    stage.step('同じカードをもう一度かざします', 'The same card is held again');
    const { answer, paper } = await stage.tap(guest);
    stage.prove(
      answer['event'] === 'entry.granted' && paper !== null,
      {
        ja: '動き直したゲートに、そのまま入れた',
        en: 'the gate that came back admits the same card',
      },
      answer['event'],
    );
    await stage.everythingArrived();
    const entries = stage.told(told).filter(({ event }) => event === 'entry.granted').length;
    stage.prove(
      entries === 1,
      { ja: 'センターに届いた入場は1回', en: 'the platform has heard of one entry' },
      entries,
    );
  },
};
