import type { Scenario } from '../stage.ts';
import { walkThrough } from '../walk.ts';

/** No incident: an ordinary evening, so that one sees first how it is meant to be. */
export const WALK: Scenario = {
  name: 'walk',
  title: { ja: 'ひと通りの人が来る', en: 'Everybody comes by' },
  incident: {
    ja: '入れる人、入れない人が、順にカードをかざします。',
    en: 'Those who may enter and those who may not hold their cards, one after the other.',
  },
  source: null,
  async play(stage) {
    const { residents } = stage.street;
    for (const { person } of residents) {
      const decided = person.decisions;
      if (decided.includes('granted') || decided.includes('already-entered')) {
        await stage.guest(person.id);
      }
    }
    stage.step(`${residents.length}人が順にかざします`, 'All the residents, one after the other');
    const { taps, wrong } = await walkThrough(stage.street, () => {});
    stage.prove(
      wrong.length === 0,
      { ja: `${taps}回、すべて正しい判断`, en: `${taps} decisions, all of them right` },
      wrong,
    );
  },
};
