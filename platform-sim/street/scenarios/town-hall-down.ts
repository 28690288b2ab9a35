import { EVACUATION, EvacuationStage } from '../evacuation-stage.ts';
import type { Scenario } from '../stage.ts';

const COMES = ['tomoshino-makoto', 'futada-kae'] as const;

export const TOWN_HALL_DOWN: Scenario = {
  name: 'town-hall-down',
  title: { ja: '呼びかけの途中で役場が停電', en: 'Town hall down during the alert' },
  incident: {
    ja: '津波と停電で役場が使えなくなり、呼びかけも安否の確認も止まった。',
    en: 'Tsunami and power cut took the town hall: the calls stopped, and nobody knew who was safe.',
  },
  source: { ja: '大槌町、南三陸町 2011', en: 'Otsuchi, Minamisanriku 2011' },
  needs: EVACUATION,
  async play(stage) {
    const day = await EvacuationStage.onANewDay(stage);
    const { tv, shelter, townHall } = day;
    const told = stage.street.platform.lastArrival;
    stage.step(
      '避難指示のあと、役場が停電します',
      'An alert is raised, then the town hall is dark',
    );
    const alert = await day.raise(5);
    await shelter.everythingArrived();
    await tv.everythingArrived();
    const before = { tv: tv.mark(), shelter: shelter.mark() };
    await townHall.faults.apply('town-hall-down');
    await Promise.all([
      tv.line('link.down', before.tv, 'the television without its platform'),
      shelter.line('link.down', before.shelter, 'the shelter without its platform'),
    ]);

    stage.step('テレビの箱も停電して、戻ります', "The television's box loses its power, too");
    const killed = tv.mark();
    await tv.place.terminal.kill();
    await tv.servesAgain(killed);
    const { level } = (await day.shown()).alert;
    stage.prove(
      level === alert.level,
      {
        ja: '役場がなくても、停電のあと、同じ呼びかけがまた出た',
        en: 'without any town hall, the same alert is on the screen again after the power cut',
      },
      level,
    );

    stage.step(
      'リモコンで答え、避難所へ行きます',
      'Answers by the remote control, people at the shelter',
    );
    const { answer } = await day.answer('blue');
    for (const who of COMES) await day.arrive(who);
    const reached = [...tv.told(told), ...shelter.told(told)].filter(({ event }) =>
      ['alert.answered', 'shelter.arrived'].includes(event),
    );
    stage.prove(
      answer === 'leaving' && reached.length === 0,
      {
        ja: '答えも受付も手元に残り、役場には何も届いていない',
        en: 'the answer and both arrivals are kept where they were made; nothing has reached the town hall',
      },
      { answer, reached },
    );

    stage.step('役場の電気が戻ります', 'The town hall has power again');
    await townHall.faults.restore();
    await Promise.all([tv.everythingArrived(), shelter.everythingArrived()]);
    const arrived = COMES.map((who) => day.arrivalsOf(who, told).length);
    const answers = tv.told(told).filter(({ event }) => event === 'alert.answered').length;
    const people = COMES.map((who) => stage.street.resident(who));
    await day.townSays('both at the town hall', () => day.standings(people) === 'safe,safe');
    stage.prove(
      arrived.join() === '1,1' && answers === 1,
      {
        ja: '答えも受付も1回ずつ届き、避難所に来た人は避難済み',
        en: 'the answer and each arrival came once, and whoever came counts as safe',
      },
      { arrived, answers },
    );
    await townHall.alert({ do: 'alert', is: 'all-clear' });
  },
};
