/** What the effects of the staff's machine say, for the graph of its states. */

/** What waits at a kiosk, one of it, what is said of it, why. */
export const CASE_CHOICES = ['cases', 'stop.r', 'clear', 'checked-with-centre', 'stick', 'accept'];

export const CASE_PAYLOADS: Readonly<Record<string, readonly object[]>> = {
  'xstate.done.actor.signIn': [
    { end: 'signed-in', by: 'PIN' },
    ...['left', 'quiet', 'idle', 'stopped', 'too-slow'].map((end) => ({ end })),
    { end: 'failed', error: new Error('seeded') },
  ].map((output) => ({ output })),
  'xstate.done.actor.takeStick': [
    { is: 'taken', result: 'stick-order-taken' },
    { is: 'nothing', why: 'expired' },
    { is: 'list-alone', list: { list: 'evacuees-990029', version: 12 }, why: 'disk-full' },
  ].map((output) => ({ output })),
  'xstate.done.actor.decide': [{ output: { result: 'cleared', subject: '', first: null } }],
};
