/** What state-machines/television.ts and the machines below it show. */

import type { AnyMachineSnapshot, SnapshotFrom } from 'xstate';
import type { televisionMachine } from '../../state-machines/television.ts';
import type { televisionLinkMachine } from '../../state-machines/television-link.ts';
import { LINK_DELAYS } from '../../state-machines/television-link-setup.ts';
import type { televisionWhereMachine } from '../../state-machines/television-where.ts';
import type { ScreenBody } from '../domain/screen.ts';
import type { PersonShown } from '../domain/television-screen.ts';
import { childOf } from '../screen/child-machine.ts';
import { secretShown } from '../screen/secret-shown.ts';
import { sampleAlert } from './sample-alert.ts';
import type { TelevisionAlerts } from './television-alerts.ts';
import type { WhereConsents } from './where.ts';

type Television = SnapshotFrom<typeof televisionMachine>;
type Link = SnapshotFrom<typeof televisionLinkMachine>;
type Where = SnapshotFrom<typeof televisionWhereMachine>;

export interface TelevisionShown {
  readonly municipality: string;
  readonly asksPin: boolean;
  readonly alerts: TelevisionAlerts;
  readonly where: Pick<WhereConsents, 'until' | 'next'>;
  readonly isOnline: () => boolean;
  readonly now: () => number;
  /** Reference id of who was linked in this visit; null: nobody yet. */
  readonly linked: () => string | null;
}

/** Null in a state that is left as soon as it is entered. */
export function televisionScreenOf(
  programme: AnyMachineSnapshot,
  shown: TelevisionShown,
): ScreenBody | null {
  const snapshot = programme as Television;
  const { alerts, municipality } = shown;
  const { people } = alerts;
  if (snapshot.matches('alerted')) return alerts.body;
  if (snapshot.matches('home')) {
    const { advisory, guests } = alerts;
    const offline = !shown.isOnline();
    return { screen: 'tv-home', municipality, offline, advisory, people, guests };
  }
  if (snapshot.matches('people')) return { screen: 'tv-people', people };
  if (snapshot.matches('recognising')) return { screen: 'hold' };
  if (snapshot.matches('ending')) {
    const { ending } = snapshot.context;
    const person = people.find(({ ref }) => ref === ending?.ref) ?? NOBODY;
    const until = shown.where.until(person.ref);
    return { screen: 'tv-unlink', person, mayAgree: ending?.by === 'card', until };
  }
  if (snapshot.matches('where')) return whereScreenOf(childOf<Where>(snapshot, 'where'), shown);
  if (snapshot.matches('unlinked')) return { screen: 'tv-linked', end: 'unlinked', person: null };
  if (snapshot.matches('linking') || snapshot.matches('linkingInAlert'))
    return linkScreenOf(childOf<Link>(snapshot, 'link'), shown);
  if (!snapshot.matches('sample')) return null;
  const alert = sampleAlert(municipality, new Date(shown.now()));
  const nobody = { people: [], chosen: null, undo: null };
  return { screen: 'tv-alert', alert, sample: true, ...nobody, lost: false, more: 0 };
}

const NOBODY: PersonShown = { ref: '', name: '', kana: '', standing: 'unknown', where: null };

function whereScreenOf(where: Where | null, { alerts, where: consents }: TelevisionShown) {
  if (where === null) return null;
  const { ref, reason } = where.context;
  const person = alerts.people.find((each) => each.ref === ref) ?? NOBODY;
  if (where.matches('consenting')) {
    return { screen: 'tv-where', person, until: consents.next } as const;
  }
  if (where.matches('agreeing')) return { screen: 'hold' } as const;
  if (where.matches('agreed')) return { screen: 'tv-linked', end: 'where', person } as const;
  if (where.matches('notShown')) {
    return { screen: 'tv-linked', end: 'where-ended', person } as const;
  }
  return where.matches('stopped') ? ({ screen: 'tv-stopped', reason } as const) : null;
}

function linkScreenOf(link: Link | null, shown: TelevisionShown): ScreenBody | null {
  if (link === null) return null;
  const { municipality, asksPin, alerts, linked } = shown;
  if (link.matches('consenting')) return { screen: 'tv-consent', municipality, pin: asksPin };
  if (link.matches('placing')) return { screen: 'tv-place-card', again: link.context.again };
  if (link.matches('warning')) {
    return { screen: 'tv-still-there', seconds: LINK_DELAYS.alertBack / 1_000 };
  }
  if (link.matches('reading')) return { screen: 'hold' };
  if (link.matches('proving')) return pinScreenOf(childOf(link, 'secret'));
  if (link.matches('asking')) return { screen: 'asking' };
  if (link.matches('linked')) {
    const person = alerts.people.find(({ ref }) => ref === linked()) ?? null;
    return { screen: 'tv-linked', end: 'linked', person };
  }
  if (link.matches('stopped')) return { screen: 'tv-stopped', reason: link.context.reason };
  return link.matches('takingCard') ? { screen: 'take-card' } : null;
}

function pinScreenOf(secret: AnyMachineSnapshot | null): ScreenBody | null {
  const shown = secret && secretShown(secret);
  switch (shown?.is) {
    case undefined:
      return null;
    case 'counting':
      return { screen: 'hold' };
    case 'still-there':
      return { screen: 'still-there', seconds: shown.seconds };
    case 'last-try':
      return { screen: 'pin-last-try' };
    case 'typing': {
      const { length: digits, result, tries } = shown;
      return { screen: 'pin', digits, result, tries };
    }
  }
}
