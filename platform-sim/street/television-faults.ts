/** What can go wrong around a television, besides what can at every terminal: its remote control, the set, the line to it. */

import type { Fault } from './breakable.ts';
import type { Words } from './messages.ts';
import type { RemoteState } from './television-stack.ts';

const remote = (label: Words, says: Words, state: RemoteState): Fault => ({
  label,
  says,
  place: 'remote',
  fits: ({ television }) => television !== null,
  apply: ({ television }) => television?.setRemote(state),
  mend: ({ television }) => television?.setRemote('ready'),
});

export const TELEVISION_FAULTS = {
  'remote-unplugged': remote(
    { ja: 'リモコンの受信機をぬく', en: 'Unplug the remote' },
    {
      ja: 'リモコンの受信機をぬきます。ボタンは届きません。',
      en: "the receiver of the remote control's buttons is unplugged",
    },
    'unplugged',
  ),
  'remote-battery': remote(
    { ja: 'リモコンの電池を減らす', en: 'Run the battery down' },
    {
      ja: 'リモコンの電池が残り少なくなります。',
      en: "the remote control's battery is nearly empty",
    },
    'battery-low',
  ),
  'tv-off': {
    label: { ja: 'テレビを消す', en: 'Switch the set off' },
    says: {
      ja: 'テレビを消します。避難の呼びかけが来れば、箱がつけます。',
      en: 'somebody switches the television off; the box switches it on for an alert',
    },
    place: 'television',
    fits: ({ television }) => television !== null,
    apply: ({ television }) => television?.setOn(false),
    mend: ({ television }) => television?.setOn(true),
  },
  'tv-unplugged': {
    label: { ja: 'HDMIの線をぬく', en: 'Pull the HDMI line' },
    says: {
      ja: 'テレビをつける線をぬきます。',
      en: 'the line by which the box switches the television on is pulled',
    },
    place: 'tv-line',
    fits: ({ television }) => television !== null,
    apply: ({ television }) => television?.setLine(false),
    mend: ({ television }) => television?.setLine(true),
  },
} as const satisfies Record<string, Fault>;
