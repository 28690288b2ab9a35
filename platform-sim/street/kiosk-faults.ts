/** What can go wrong around a kiosk, besides what can at every terminal: its sheets, its money, and the centre behind it. */

import { CENTRE_FAULTS, type CentreFaultName } from '../centre/faults.ts';
import type { Fault } from './breakable.ts';
import type { Words } from './messages.ts';
import type { PageFault } from './page-stack.ts';

const page = (label: Words, says: Words, fault: PageFault): Fault => ({
  label,
  says,
  place: 'page',
  fits: (at) => at.page !== null,
  apply: (at) => at.page?.fault(fault),
  mend: (at) => at.page?.clear(),
});

const AT_THE_KIOSK = {
  'sheets-out': page(
    { ja: '用紙を切らす', en: 'No sheets' },
    { ja: '証明書の用紙がなくなります。', en: 'the page printer has no sheets left' },
    'media-empty',
  ),
  'sheet-jammed': page(
    { ja: '用紙をつまらせる', en: 'Jam a sheet' },
    { ja: '証明書の用紙がつまります。', en: 'a sheet is jammed in the page printer' },
    'media-jam',
  ),
  'payment-unplugged': {
    label: { ja: '支払い機をぬく', en: 'Unplug the payment unit' },
    says: { ja: '支払い機の線をぬきます。', en: 'the line to the payment unit is pulled' },
    place: 'payment',
    fits: (at) => at.payment !== null,
    apply: (at) => at.payment?.unplug(),
    mend: (at) => at.payment?.plug(),
  },
} as const satisfies Record<string, Fault>;

const centre = ([name, { label, says }]: [string, { label: Words; says: Words }]) => {
  const fault: Fault = {
    label,
    says,
    place: `centre-${name}`,
    fits: (at) => at.page !== null,
    apply: (at) => at.centre.break(name as CentreFaultName),
    mend: (at) => at.centre.mend(name as CentreFaultName),
  };
  return [`centre-${name}`, fault] as const;
};

/** Of the centre: the same switches as `kazasu-platform centre break`. Several can be on. */
const AT_THE_CENTRE = Object.fromEntries(Object.entries(CENTRE_FAULTS).map(centre)) as Readonly<
  Record<`centre-${CentreFaultName}`, Fault>
>;

export const KIOSK_FAULTS = { ...AT_THE_KIOSK, ...AT_THE_CENTRE } as const;
