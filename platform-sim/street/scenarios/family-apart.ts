import { EVACUATION, EvacuationStage } from '../evacuation-stage.ts';
import { leaveShelter } from '../shelter-visitor.ts';
import type { Scenario, Stage } from '../stage.ts';

const FATHER = 'tomoshino-makoto';
const MOTHER = 'tomoshino-yuko';
const CHILD = 'tomoshino-sora';
const PROTECTED = 'nagihara-midori';

export const FAMILY_APART: Scenario = {
  name: 'family-apart',
  title: { ja: '2つの避難所に分かれた家族', en: 'A family apart at two shelters' },
  incident: {
    ja: '家族が別々の避難所に入り、名簿を1枚ずつ見て、たがいをさがして歩いた。',
    en: 'Families were at different shelters, and went from one to the next to read the lists for each other.',
  },
  source: { ja: '東日本大震災 2011', en: 'Tohoku 2011' },
  needs: EVACUATION,
  async play(stage) {
    const day = await EvacuationStage.onANewDay(stage);
    stage.step('もう1つの避難所を開きます', 'Another shelter opens');
    await stage.street.withAnotherShelter(async (place) => {
      const hall = stage.at(place);
      await apart(day, hall);
      await atBoth(day, hall);
      await nobodyIsToldWhere(day, hall);
      await hall.everythingArrived();
      // What is known of it ends with it: nobody is left there.
      const there = [FATHER, MOTHER, CHILD, PROTECTED].map((who) => stage.street.resident(who));
      await leaveShelter(place, there.slice(0, 2).concat(there.slice(3)));
      await hall.everythingArrived();
    });
  },
};

/** The mother at the hall, father and child at the school. */
async function apart(day: EvacuationStage, hall: Stage): Promise<void> {
  const { stage } = day;
  stage.step(
    '父と子は小学校へ、母は公民館へ',
    'Father and child at the school, mother at the hall',
  );
  await day.arrive(FATHER);
  await day.arrive(CHILD);
  await day.arrive(MOTHER, hall);
  await day.townSays('all three', () => day.standings() === 'safe,safe,safe');
  const people = day.family.map(({ person }) => day.townHall.standingOf(person.id));
  const places = people.map((person) => person?.shelters.join('+')).join(', ');
  stage.prove(
    people.every((person) => person?.household === people[0]?.household) &&
      places === '汐見小学校, 港町公民館, 汐見小学校',
    {
      ja: '1つの世帯として、だれがどこにいるかが見える',
      en: 'they are shown as one household, each where they are',
    },
    places,
  );
}

async function atBoth(day: EvacuationStage, hall: Stage): Promise<void> {
  const { stage, townHall } = day;
  stage.step('父が、母のいる公民館へ移ります', 'The father goes to the hall, where the mother is');
  await day.arrive(FATHER, hall);
  const shelters = () => townHall.standingOf(FATHER)?.shelters ?? [];
  await day.townSays('the father at both', () => shelters().length === 2);
  const { safe = 0 } = townHall.shown()?.counts ?? {};
  stage.prove(
    shelters().join() === '港町公民館,汐見小学校' && safe === 3,
    {
      ja: '2か所とも見え、あとに来たほうが先。数えるのは1人',
      en: 'both places are shown, the later one first, and he counts once',
    },
    { shelters: shelters(), safe },
  );
}

async function nobodyIsToldWhere(day: EvacuationStage, hall: Stage): Promise<void> {
  const { stage, townHall } = day;
  const somebody = stage.street.resident(PROTECTED);
  stage.step(
    '支援措置のある人が、公民館に来ます',
    'Somebody whose whereabouts are protected comes',
  );
  await day.arrive(PROTECTED, hall);
  await day.townSays('this person', () => day.standings([somebody]) === 'safe');
  const shown = townHall.standingOf(PROTECTED);
  stage.prove(
    shown?.shelters.length === 0 && shown.protected,
    {
      ja: '支援措置のある人は、無事とだけ。どこにいるかは出ない',
      en: 'of somebody protected it is said that they are safe, and not where',
    },
    shown,
  );
}
