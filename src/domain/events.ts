/**
 * Every event of the journal: one public table (docs/journal.md is generated from it).
 *
 * `fact: true` means: durable in the ledger first, sent to the platform, and then shown in the journal.
 * `fields` is the allow-list: a field that is not named here never reaches a log, whatever the caller hands over.
 * The platform's own facts stand here too: whoever reads facts finds every name in one place.
 */

import { CERTIFICATE_EVENTS } from './certificate-events.ts';
import { ENTRY_EVENTS } from './entry-events.ts';
import { EVACUATION_EVENTS } from './evacuation-events.ts';
import { NEIGHBOUR_EVENTS } from './neighbour-events.ts';
import { PAYMENT_EVENTS } from './payment-events.ts';
import { REMOTE_EVENTS } from './remote-events.ts';
import { ROLE_EVENTS } from './role-events.ts';
import { STAFF_EVENTS } from './staff-events.ts';
import { TRANSFER_EVENTS } from './transfer-events.ts';

export interface EventEntry {
  readonly fact: boolean;
  readonly says: string;
  readonly fields: readonly string[];
}

export const EVENTS = {
  'terminal.ready': {
    fact: false,
    says: 'Start-up is over. Written once a start: as soon as taps are served, or, when something stands in the way after a second, then, naming it in `reason`.',
    fields: [
      'terminal',
      'profile',
      'version',
      'trust',
      'reader',
      'receipt',
      'list',
      'reason',
      'ms',
    ],
  },
  'terminal.in-service': {
    fact: false,
    says: 'Nothing stands in the way of serving any more.',
    fields: ['list'],
  },
  'terminal.out-of-service': {
    fact: false,
    says: 'Something stands in the way of serving; `reason` is the first of `obstacles`.',
    fields: ['reason', 'obstacles'],
  },
  'terminal.stopping': { fact: false, says: 'The daemon was asked to end.', fields: ['signal'] },
  'list.activated': {
    fact: false,
    says: 'This version of the list decides from now on. `delta`: its changes came alone, not the chunks that they are in.',
    fields: ['list', 'version', 'rows', 'root', 'source', 'delta', 'ms'],
  },
  'list.delta-discarded': {
    fact: false,
    says: 'The changes from version `base` to `version` were offered alone and are not what they should be; what changed is fetched whole.',
    fields: ['list', 'version', 'base', 'reason', 'detail'],
  },
  'list.damaged': {
    fact: false,
    says: 'The file of the active list is not what its manifest says; it is built again from its chunks, and those that are damaged, too, are fetched.',
    fields: ['list', 'version', 'detail'],
  },
  'list.mended': {
    fact: false,
    says: 'The file of the active list has been built again and decides from now on.',
    fields: ['list', 'version', 'ms'],
  },
  'list.not-mended': {
    fact: false,
    says: 'The damaged list could not be built again yet; this is tried until it can. The same once an hour.',
    fields: ['list', 'version', 'reason', 'detail'],
  },
  'list.outdated': {
    fact: false,
    says: 'A newer version was announced while this one was still being fetched; what is here of it counts for the newer one.',
    fields: ['list', 'version'],
  },
  'list.rejected': {
    fact: false,
    says: 'A list was offered and not taken; the active one stays. The same refusal again is said once an hour.',
    fields: ['list', 'version', 'reason', 'detail'],
  },
  'trust.activated': {
    fact: false,
    says: 'These anchors and revocation lists are used from now on.',
    fields: ['version', 'anchors', 'crls'],
  },
  'trust.rejected': {
    fact: false,
    says: 'Anchors or revocation lists were offered and not taken.',
    fields: ['version', 'reason', 'detail'],
  },
  'trust.delta-ignored': {
    fact: false,
    says: 'A delta revocation list does not build on the full one that is held, which counts on.',
    fields: ['version', 'reason', 'number', 'base'],
  },
  'ocsp.unanswered': {
    fact: false,
    says: 'The OCSP responder gave no answer that could be used, or does not know the card (`reason` "unknown"): the lists alone decided. After a network that failed it is left in peace for 30 seconds.',
    fields: ['reason', 'detail'],
  },
  'institution.activated': {
    fact: false,
    says: 'These many institutions are in force from now on, to ask cards for their proof. `hasKey`: this terminal has the key of one.',
    fields: ['version', 'institutions', 'hasKey'],
  },
  'institution.rejected': {
    fact: false,
    says: 'Institutions were offered, or kept, and not taken.',
    fields: ['version', 'reason', 'detail'],
  },
  'keys.ready': {
    fact: false,
    says: "The store of the terminal's own keys is used. `sealed`: what it keeps can't be used by whoever copies the disk. `removed`: so many files with keys in clear of an earlier version were found and deleted.",
    fields: ['store', 'sealed', 'removed'],
  },
  'keys.unusable': {
    fact: false,
    says: 'The keys of this list, or of the whole store when none is named, can not be used.',
    fields: ['list', 'reason'],
  },
  'root.activated': {
    fact: false,
    says: 'This version of the root says from now on whose signatures count.',
    fields: ['version', 'expires'],
  },
  'root.rejected': {
    fact: false,
    says: 'A root was offered, or kept, and not taken; the one that is held stays. `damaged`: the one that is kept can not be read.',
    fields: ['version', 'reason', 'detail'],
  },
  'root.expired': {
    fact: false,
    says: 'The root should have been renewed by now. What it says still counts.',
    fields: ['version', 'expires'],
  },
  'command.done': {
    fact: true,
    says: 'What the platform asked for has been done, once. `notWell`, `unknown`: the checks of a health report that are so.',
    fields: ['command', 'number', 'does', 'software', 'notWell', 'unknown'],
  },
  'command.refused': {
    fact: true,
    says: 'The platform asked for something that is not done, for good.',
    fields: ['command', 'number', 'does', 'reason'],
  },
  'command.rejected': {
    fact: false,
    says: 'A command came that is not to be believed, is for others, or can not be decided on now; nothing is done.',
    fields: ['reason', 'detail'],
  },
  'identity.renewed': {
    fact: false,
    says: 'The platform issued the next certificate of this terminal; it is used from the next connection on.',
    fields: [],
  },
  'identity.rejected': {
    fact: false,
    says: 'The next certificate of this terminal was offered and not taken, or could not be asked for; the one before stays.',
    fields: ['detail'],
  },
  ...ENTRY_EVENTS,
  'ticket.cancelled': {
    fact: true,
    says: "The platform's own fact, shown by `kazasu-platform facts` and in no terminal's journal: somebody cancelled a ticket. `version` of the list is the first that says so.",
    fields: ['ticket', 'list', 'version', 'ref', 'by', 'why'],
  },
  'ticket.restored': {
    fact: true,
    says: "The platform's own fact, like `ticket.cancelled`: somebody took the cancellation back.",
    fields: ['ticket', 'list', 'version', 'ref', 'by', 'why'],
  },
  'ticket.renewed': {
    fact: true,
    says: "The platform's own fact: the holder's card was renewed, and the ticket is the new card's from this `version` of the list on.",
    fields: ['ticket', 'list', 'version', 'ref'],
  },
  'receipt.claimed': {
    fact: true,
    says: 'A card whose receipt was owed came back in time; the receipt is printed now, the entry is the old one.',
    fields: ['ticket', 'list', 'version', 'ref', 'gate', 'assurance', 'ms', 'modelled'],
  },
  'card.unreadable': {
    fact: false,
    says: 'A card was in the field but could not be read; hold it again.',
    fields: ['reason', 'detail', 'ms', 'modelled'],
  },
  'card.ignored': {
    fact: false,
    says: 'A card was held while the terminal could not serve.',
    fields: ['reason'],
  },
  'age.checked': {
    fact: true,
    says: 'The platform was asked whether the holder of a card is `age` or older: `over`, `under`, or that the certificate is `invalid` or `unknown`. Nothing of the person is kept.',
    fields: ['age', 'result', 'assurance', 'ms', 'modelled'],
  },
  'service.refused': {
    fact: false,
    says: 'A card was held for this service, and why nothing was found out. Nothing of it is kept.',
    fields: ['service', 'reason', 'detail', 'assurance', 'ms', 'modelled'],
  },
  'service.cancelled': {
    fact: false,
    says: 'A person did not go on, or did nothing for so long that they had gone.',
    fields: ['service', 'ms', 'modelled'],
  },
  'release.done': {
    fact: false,
    says: 'A machine was told to hand something out, after the answer was durable. `outcome`: `released`, `not-ready` (nothing was sent), `no-answer`, or `absent`.',
    fields: ['service', 'outcome', 'modelled'],
  },
  'pin.wrong': {
    fact: false,
    says: 'A card refused the PIN that its holder typed; it takes `tries` more.',
    fields: ['service', 'tries'],
  },
  'answer.dropped': {
    fact: false,
    says: 'An answer of the platform came late, or belongs to no session of this terminal; nothing was done with it.',
    fields: ['service', 'reason'],
  },
  ...CERTIFICATE_EVENTS,
  'receipt.reissued': {
    fact: true,
    says: 'Staff has another receipt printed instead of `paper`, which is owed; the new one has a number of its own.',
    fields: ['paper', 'request', 'by', 'why'],
  },
  'print.intent': {
    fact: true,
    says: 'The receipt is about to be sent to the printer.',
    fields: ['paper', 'ticket', 'list', 'ref', 'request', 'reissue'],
  },
  'print.done': {
    fact: true,
    says: 'The printer itself said that the paper came out.',
    fields: ['paper', 'ticket', 'list', 'ref', 'request', 'ms', 'modelled'],
  },
  'print.owed': {
    fact: true,
    says: 'No paper came out; the entry stands and the receipt is owed.',
    fields: ['paper', 'ticket', 'list', 'ref', 'request', 'reason'],
  },
  'print.unknown': {
    fact: true,
    says: 'It cannot be known whether the paper came out; staff is asked.',
    fields: ['paper', 'ticket', 'list', 'ref', 'request', 'reason'],
  },
  'print.settled': {
    fact: true,
    says: 'Staff said whether the paper came out.',
    fields: ['paper', 'ticket', 'list', 'ref', 'request', 'printed', 'by', 'why'],
  },
  ...PAYMENT_EVENTS,
  'device.ready': {
    fact: false,
    says: 'A device answers.',
    fields: ['device', 'name', 'modelled'],
  },
  'device.lost': {
    fact: false,
    says: 'A device is gone or does not answer; it is tried again.',
    fields: ['device', 'reason'],
  },
  'device.condition': {
    fact: false,
    says: 'A device answers but asks for help (paper, cover).',
    fields: ['device', 'condition'],
  },
  'link.up': { fact: false, says: 'The platform is reached.', fields: ['platform', 'upto'] },
  'link.down': {
    fact: false,
    says: 'The platform is not reached; facts wait in the ledger.',
    fields: ['reason', 'waiting'],
  },
  'link.refused': {
    fact: false,
    says: 'The other side sent something that is not of the protocol, or is not the platform known here.',
    fields: ['reason', 'detail', 'code'],
  },
  ...REMOTE_EVENTS,
  ...EVACUATION_EVENTS,
  ...NEIGHBOUR_EVENTS,
  'ledger.epoch-opened': {
    fact: true,
    says: 'The platform holds other facts of this ledger than the ledger does (an older state was put back, or there is a copy): a new epoch begins.',
    fields: ['before', 'upto', 'held'],
  },
  'ledger.pruned': {
    fact: true,
    says: 'So many facts that the platform holds left the ledger, for they were old. Its chain begins behind `upto` now, whose SHA-256 is `hash`; facts before it that still decide something stay.',
    fields: ['upto', 'hash', 'count'],
  },
  'list.deleted': {
    fact: true,
    says: 'The list was over for so long that its files and keys were deleted; `version` is the last one that was here.',
    fields: ['list', 'version', 'validTo'],
  },
  'facts.rescued': {
    fact: true,
    says: "The platform's own fact: somebody took in what a dead terminal's disk still held. `lost`: what could not be read there any more.",
    fields: ['terminal', 'stored', 'repeated', 'quarantined', 'lost', 'by', 'why'],
  },
  'facts.forgotten': {
    fact: true,
    says: "The platform's own fact: somebody had the facts that arrived before this time emptied; their numbers and hashes stay.",
    fields: ['before', 'count', 'by', 'why'],
  },
  'facts.retold': { fact: false, says: 'An ended epoch is told.', fields: ['epoch', 'upto'] },
  'facts.slowed': {
    fact: false,
    says: 'The platform asks for fewer facts at a time, or for none for a while.',
    fields: ['batch', 'inflight', 'pauseMs'],
  },
  'facts.acknowledged': {
    fact: false,
    says: 'The platform holds every fact up to this number.',
    fields: ['upto', 'waiting'],
  },
  'clock.corrected': {
    fact: false,
    says: 'Authenticated time differed from the local clock.',
    fields: ['offsetMs', 'quality'],
  },
  'clock.jumped': {
    fact: false,
    says: 'The local clock jumped against the monotonic clock; it is not trusted until corrected.',
    fields: ['offsetMs', 'quality'],
  },
  'disk.full': {
    fact: false,
    says: 'Too little space to keep facts safely.',
    fields: ['freeBytes', 'neededBytes'],
  },
  'disk.ok': { fact: false, says: 'There is space again.', fields: ['freeBytes'] },
  'screen.connected': {
    fact: false,
    says: 'A browser shows the screen.',
    fields: [],
  },
  'screen.disconnected': {
    fact: false,
    says: 'The browser that showed the screen is gone; `code` is that of its websocket (RFC 6455 7.4).',
    fields: ['code'],
  },
  'screen.refused': {
    fact: false,
    says: "Somebody asked the screen's server for what it does not give, and why not; the screen goes on. `untold`: how many before it got no line of their own.",
    fields: ['reason', 'untold'],
  },
  'voice.missing': {
    fact: false,
    says: 'A message of the screen could not be spoken; its text and its tone are there all the same. Written once, until something is spoken again.',
    fields: ['language', 'speech', 'reason'],
  },
  'metrics.ready': {
    fact: false,
    says: 'Metrics can be read on this port of the loopback address.',
    fields: ['port'],
  },
  'metrics.unavailable': {
    fact: false,
    says: 'Metrics can not be read: the port is taken, or not for this user. The terminal serves all the same.',
    fields: ['port', 'reason'],
  },
  ...STAFF_EVENTS,
  ...ROLE_EVENTS,
  ...TRANSFER_EVENTS,
  'event.dropped': {
    fact: false,
    says: 'A machine got an event that its state has no answer for. A defect: please report it.',
    fields: ['machine', 'state', 'dropped'],
  },
} as const satisfies Record<string, EventEntry>;

export type EventName = keyof typeof EVENTS;

export function isFactEvent(event: EventName): boolean {
  return EVENTS[event].fact;
}
