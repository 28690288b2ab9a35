/** What a television shows. */

import type { TelevisionScreenName } from '../../src/domain/television-screen.ts';
import { tvAlert } from './tv-alert.tsx';
import * as home from './tv-home.tsx';
import * as link from './tv-link.tsx';
import type { Draw } from './view.ts';

export const TELEVISION_DRAWINGS: { readonly [Name in TelevisionScreenName]: Draw<Name> } = {
  'tv-home': home.tvHome,
  'tv-people': home.tvPeople,
  'tv-consent': link.tvConsent,
  'tv-place-card': link.tvPlaceCard,
  'tv-still-there': link.tvStillThere,
  'tv-linked': link.tvLinked,
  'tv-unlink': link.tvUnlink,
  'tv-where': link.tvWhere,
  'tv-stopped': link.tvStopped,
  'tv-alert': tvAlert,
};
