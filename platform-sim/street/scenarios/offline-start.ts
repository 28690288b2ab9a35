import type { Scenario } from '../stage.ts';

export const OFFLINE_START: Scenario = {
  name: 'offline-start',
  title: { ja: '通信のない朝の起動', en: 'Started without a network' },
  incident: {
    ja: '通信のないまま起動すると、手もとのリストが使えず、版も忘れていた。',
    en: 'Booted offline, the list on the disk could not be used, and its version was forgotten.',
  },
  source: { ja: 'MicroOcpp #179、libocpp #497', en: 'MicroOcpp #179, libocpp #497' },
  async play(stage) {
    const guest = await stage.guest('sato-hanako');
    await stage.everythingArrived();
    const version = stage.lines(0, 'list.activated').at(-1)?.['version'];
    stage.step('通信を切って、ゲートを動かし直します', 'No network, and the gate is restarted');
    await stage.break('network-down');
    const since = stage.mark();
    await stage.place.terminal.kill();
    const startedAt = performance.now();
    await stage.servesAgain(since);
    const seconds = (performance.now() - startedAt) / 1_000;
    const activated = stage.lines(since, 'list.activated')[0];
    stage.prove(
      activated?.['source'] === 'disk' && activated['version'] === version,
      {
        ja: '同じ版のリストを、ディスクから開いた',
        en: 'the same version of the list, from the disk',
      },
      activated,
    );
    stage.prove(
      seconds < 30,
      {
        ja: '通信なしで、数秒で使えるようになった',
        en: 'it serves within seconds, without a network',
      },
      seconds,
    );
    const { answer, paper } = await stage.tap(guest);
    stage.prove(
      answer['event'] === 'entry.granted' && paper !== null,
      { ja: '入場して、券も出た', en: 'a visitor enters and gets the paper' },
      answer['event'],
    );
    stage.step('通信を戻します', 'The network comes back');
    await stage.mend('network-down');
    await stage.everythingArrived();
    stage.prove(
      true,
      { ja: 'つながると、全部届いた', en: 'and everything arrives once it is back' },
      null,
    );
  },
};
