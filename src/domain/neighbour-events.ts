/** Events about other gates of the venue. None is a fact: what happened there is that gate's fact. */

export const NEIGHBOUR_EVENTS = {
  'neighbours.ready': {
    fact: false,
    says: 'Other gates are called from now on, and can call this one on this port, where one is configured.',
    fields: ['port'],
  },
  'neighbours.unavailable': {
    fact: false,
    says: "Other gates can't call this one, or can't be told what happened here; it is tried again. Written once until it could.",
    fields: ['reason'],
  },
  'neighbour.up': {
    fact: false,
    says: 'Another gate is heard.',
    fields: ['neighbour'],
  },
  'neighbour.down': {
    fact: false,
    says: 'Another gate is not heard any more: whom it lets in from now on is not known here. `code` is that of the websocket.',
    fields: ['neighbour', 'reason', 'code'],
  },
  'neighbour.refused': {
    fact: false,
    says: 'Somebody called, or answered, who is no gate of this platform or not the one that it says. `untold`: how many before it got no line of their own.',
    fields: ['neighbour', 'reason', 'untold'],
  },
  'neighbour.disbelieved': {
    fact: false,
    says: 'Facts of the gate `neighbour`, handed over by the gate `by`, were not believed.',
    fields: ['neighbour', 'by', 'reason', 'untold'],
  },
  'neighbour.held': {
    fact: false,
    says: 'A gate told more than people can have done at a gate. Nothing more of it is believed until staff has looked (`kazasu neighbours release`).',
    fields: ['neighbour', 'reason'],
  },
  'neighbour.released': {
    fact: false,
    says: 'Staff looked: what this gate tells is believed again.',
    fields: ['neighbour', 'by', 'why'],
  },
  'neighbour.marks-shared': {
    fact: false,
    says: 'From now on this reader knows cards again that are on no list and that the reader `neighbour` took in, and the other way round.',
    fields: ['neighbour'],
  },
  'neighbour.double-supply': {
    fact: false,
    says: 'Two readers of one shelter handed the same thing to the same person on one day while they did not hear each other. Said by both as soon as they do; of a card that each knew by another mark, when it is held again, by that reader. Both stay.',
    fields: ['ref', 'mark', 'day', 'kind', 'first', 'second'],
  },
  'neighbour.double-entry': {
    fact: false,
    says: 'This gate and another one both let the same ticket in while they did not hear each other. Both entries stay.',
    fields: ['ticket', 'list', 'ref', 'first', 'second'],
  },
} as const;
