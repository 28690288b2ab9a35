/**
 * What a television says aloud; ../readings.ts has the rules. The call of an alert is said with names where there are any
 * (call.ts); these are the words without.
 */

import type { Language } from '../../domain/screen.ts';
import type { TELEVISION_SPEECHES } from '../../domain/television-screen.ts';
import type { TelevisionReason } from './words.ts';

type TelevisionReadings = Readonly<
  Record<(typeof TELEVISION_SPEECHES)[number] | TelevisionReason, string>
>;

export const TELEVISION_READINGS: Readonly<Record<Language, TelevisionReadings>> = {
  ja: {
    'tv-consent': 'とーろくの せつめいです。よろしければ、けってい ぼたんを おしてください。',
    'tv-place-card': 'リモコンの まるい しるしに、カードを おいてください。',
    'tv-still-there': 'とーろくを つづけますか。まもなく、ひなんの おしらせに もどります。',
    'tv-linked': 'とーろくしました。カードを おとりください。',
    'tv-unlinked': 'とーろくを おえました。',
    'tv-unlink': 'とーろくを どー しますか。がめんで えらんでください。',
    'tv-where':
      'ひなんさきの なまえを だす せつめいです。よろしければ、どーいして だすを えらんでください。',
    'tv-where-agreed': 'ひなんさきの なまえも だします。カードを おとりください。',
    'tv-where-ended': 'ひなんさきの なまえわ、もー だしません。',
    'tv-call': 'ひなんの おしらせです。がめんを みて、にげてください。',
    'tv-over': 'ひなんの よびかけわ、おわりました。',
    'tv-sample': 'これわ みほんです。ひなんわ ひつよー ありません。',
    'not-in-register':
      'めーぼに おなまえが ありません。カードわ もんだいありません。おすまいの しちょーそんに おたずねください。',
    'link-not-kept':
      'いまわ とーろくできません。カードわ もんだいありません。あとで、もーいちど おためしください。',
    'television-full':
      'これいじょーわ とーろくできません。カードわ もんだいありません。さきに、どなたかの とーろくを おえてください。',
  },
  'ja-simple': {
    'tv-consent': 'なまえを いれる せつめいです。よかったら、けってい ぼたんを おして ください。',
    'tv-place-card': 'リモコンの まるい しるしに、カードを おいて ください。',
    'tv-still-there': 'つづけますか。もーすぐ、にげての おしらせに もどります。',
    'tv-linked': 'なまえを いれました。カードを とって ください。',
    'tv-unlinked': 'やめました。なまえわ きえました。',
    'tv-unlink': 'どー しますか。えらんで ください。',
    'tv-where': 'にげた ばしょを だす せつめいです。よかったら、いいですを えらんで ください。',
    'tv-where-agreed': 'ばしょも だします。カードを とって ください。',
    'tv-where-ended': 'ばしょわ、もー だしません。',
    'tv-call': 'にげて ください。がめんを みて ください。',
    'tv-over': 'もー にげなくて いいです。',
    'tv-sample': 'これわ みほんです。にげなくて いいです。',
    'not-in-register':
      'この しの なまえに ありません。カードわ だいじょーぶです。すんで いる しで きいて ください。',
    'link-not-kept':
      'いまわ できません。カードわ だいじょーぶです。あとで もーいちど して ください。',
    'television-full':
      'もー はいりません。カードわ だいじょーぶです。さきに だれかを やめて ください。',
  },
  en: {
    'tv-consent': 'This is what registering means. If you agree, press OK.',
    'tv-place-card': 'Put your card on the round mark of the remote control.',
    'tv-still-there': 'Do you want to go on? The alert comes back soon.',
    'tv-linked': 'You are registered. Please take your card.',
    'tv-unlinked': 'The registration has ended.',
    'tv-unlink': 'Press OK to keep this registration, or choose what to change.',
    'tv-where': 'This is what showing your shelter means. If you agree, choose I agree.',
    'tv-where-agreed': 'The name of your shelter will be shown. Please take your card.',
    'tv-where-ended': 'The name of your shelter is not shown any more.',
    'tv-call': 'Evacuation alert. Look at the screen, and leave.',
    'tv-over': 'The evacuation is over.',
    'tv-sample': 'This is a sample. You do not have to leave.',
    'not-in-register':
      'You are not in the register of this municipality. Nothing is wrong with your card. Please ask where you live.',
    'link-not-kept':
      'Registering is not possible now. Nothing is wrong with your card. Please try again later.',
    'television-full':
      'No more people can register. Nothing is wrong with your card. Please end a registration first.',
  },
};
