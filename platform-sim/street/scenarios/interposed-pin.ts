import { CARD_PIN } from '../../people.ts';
import type { Scenario } from '../stage.ts';

/** The card is hers; whoever sits between has found it, and does not know its PIN. */
const OWNER = 'nagihara-midori';
const TRICKSTER = 'hazama-hasamu';
const GUESSED = '0000';

export const INTERPOSED_PIN: Scenario = {
  name: 'interposed-pin',
  title: { ja: 'ごまかされた暗証番号', en: 'A PIN that was never right' },
  incident: {
    ja: '拾ったカードと機械の間に入り、どんな暗証番号にも「正しい」と答えます。それを信じる機械は、缶を出してしまいます。',
    en: 'Between a found card and the machine, somebody answers "right" to every PIN. A machine that believes it hands out a can.',
  },
  source: null,
  async play(stage) {
    const { street } = stage;
    const machine = stage.at('vending-1');
    const asked = street.platform.answered('age-check');
    const since = machine.mark();
    stage.step(
      '拾ったカードと機械の間に人が入り、でたらめな暗証番号を入れます',
      'Somebody sits between a found card and the machine, and types any PIN',
    );
    const faked = await machine.tap(street.resident(TRICKSTER), { pin: GUESSED });
    stage.prove(
      faked.answer['reason'] === 'possession-not-proved',
      {
        ja: 'カードは「正しい」と答えた。それでも断った:暗証番号のあとにだけ作れる署名ではない',
        en: 'the card said 9000, and was refused all the same: its signature is one that needs no PIN',
      },
      faked.answer,
    );
    const handedOut = machine.lines(since, 'release.done').length;
    const answered = street.platform.answered('age-check') - asked;
    stage.prove(
      handedOut === 0 && answered === 0,
      {
        ja: '缶は出ず、センターに年齢も聞かなかった',
        en: 'no can came out, and nobody was asked for an age',
      },
      { handedOut, answered },
    );
    stage.step('持ち主が自分で暗証番号を入れます', 'The holder comes, and types the PIN');
    const own = await machine.tap(street.resident(OWNER), { pin: CARD_PIN });
    stage.prove(
      own.answer['result'] === 'over' && own.handedOut === 'released',
      { ja: '持ち主には、缶が1本出た', en: 'the holder gets one can' },
      own,
    );
  },
};
