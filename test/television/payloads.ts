/** What the machines of a television are given and told that their guards look at, for the walk through all machines. */

const LEVELS = (['call', 'quiet', 'over', 'none'] as const).flatMap((urgency) => [
  { urgency, shown: 'a' },
  { urgency, shown: 'b' },
]);
const HINDRANCES = [null, 'television-full'].map((reason) => ({ output: { reason } }));

export const TELEVISION_INPUTS: Readonly<Record<string, readonly object[]>> = {
  evacuationAlert: LEVELS,
  televisionLink: [{ isInAlert: false }, { isInAlert: true }],
  televisionWhere: [{ wants: 'agree' }, { wants: 'end' }],
};

export const TELEVISION_CHOICES = ['people', 'link', 'sample', 'guests', 'where-end'] as const;

export const TELEVISION_PAYLOADS: Readonly<Record<string, readonly object[]>> = {
  'alerts.changed': LEVELS,
  'alert.raised': LEVELS,
  'xstate.done.actor.press': [{ output: 'answered' }, { output: 'pressed' }],
  'xstate.done.actor.recognise': ['0'.repeat(32), null].map((ref) => ({ output: { ref } })),
  'xstate.done.actor.lookForHindrance': HINDRANCES,
  'xstate.done.actor.askRegister': HINDRANCES,
  'xstate.done.actor.recordLink': HINDRANCES,
  'xstate.done.actor.agreeWhere': HINDRANCES,
  'xstate.done.actor.endWhere': HINDRANCES,
};
