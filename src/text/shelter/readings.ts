/** What a shelter says aloud; ../readings.ts has the rules. */

import type { Language } from '../../domain/screen.ts';
import type { SHELTER_SPEECHES } from '../../domain/shelter-screen.ts';

type ShelterReadings = Readonly<Record<(typeof SHELTER_SPEECHES)[number], string>>;

export const SHELTER_READINGS: Readonly<Record<Language, ShelterReadings>> = {
  ja: {
    'shelter-family':
      'ごぶじで、よかったです。うけつけが できました。ほかの かたも、つづけて かざしてください。',
    'shelter-menu': 'うけつけわ できています。ごよーけんを がめんで えらんでください。',
    'shelter-done': 'かきとめました。がめんを ごらんください。',
    'shelter-no-card': 'カードが なくても はいれます。がめんで えらんでください。',
    'shelter-typing': 'おなまえを、がめんの きーで いれてください。',
    'shelter-slip': 'うけつけが できました。がめんの ばんごーを おぼえておいてください。',
    'shelter-staff': 'かかりいんの カードを かざしてください。',
    'shelter-paper': 'どなたでも はいれます。かみで うけつけます。かかりいんが ごあんないします。',
  },
  'ja-simple': {
    'shelter-family': 'うけつけが できました。ほかの ひとも かざして ください。',
    'shelter-menu': 'うけつけわ できています。なにを するか、えらんで ください。',
    'shelter-done': 'かきました。がめんを みて ください。',
    'shelter-no-card': 'カードが なくても はいれます。えらんで ください。',
    'shelter-typing': 'なまえを いれて ください。',
    'shelter-slip': 'うけつけが できました。がめんの ばんごーを かいて ください。',
    'shelter-staff': 'かかりの ひとの カードを かざして ください。',
    'shelter-paper': 'だれでも はいれます。かみに かきます。かかりの ひとが きます。',
  },
  en: {
    'shelter-family':
      'We are glad you are safe. You are checked in. The others may hold their cards here, too.',
    'shelter-menu': 'You are checked in. Please choose on the screen what you would like to do.',
    'shelter-done': 'It is on record. Please look at the screen.',
    'shelter-no-card': 'You may come in without a card. Please choose on the screen.',
    'shelter-typing': 'Please type your name with the keys on the screen.',
    'shelter-slip': 'You are checked in. Please remember the number on the screen.',
    'shelter-staff': 'A card of our staff is needed. Please hold it here.',
    'shelter-paper': 'Everyone may come in. We go on with paper. Our staff will help you.',
  },
};
