import type { Scenario } from '../stage.ts';

const REFUSALS = ['certificate-untrusted', 'card-unreadable'];

export const SWAPPED_ANSWER: Scenario = {
  name: 'swapped-answer',
  title: { ja: 'すりかえられた答え', en: 'A swapped answer' },
  incident: {
    ja: '2人分の処理が混ざり、片方の答えに、もう片方の中身が入った。',
    en: "Two people's requests were mixed: one answer held the other's content.",
  },
  source: { ja: '川崎 2023、高松 2024', en: 'Kawasaki 2023, Takamatsu 2024' },
  async play(stage) {
    const guest = await stage.guest('sato-hanako');
    const since = stage.mark();
    stage.step('カードの答えを途中からすりかえます', "The card's answers are swapped midway");
    await stage.break('answer-swapped');
    const swapped = await stage.decision(guest);
    stage.prove(
      REFUSALS.includes(swapped) && stage.lines(since, 'entry.granted').length === 0,
      {
        ja: '署名が合わず、誰としても通さない',
        en: 'the signature does not fit: nobody is admitted',
      },
      swapped,
    );
    stage.step('本人の答えに戻します', 'The answers are the own ones again');
    await stage.mend('answer-swapped');
    const own = await stage.decision(guest);
    stage.prove(
      own === 'granted',
      { ja: '本人のカードなら入れる', en: 'the own card is admitted' },
      own,
    );
  },
};
