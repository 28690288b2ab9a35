import { fromCallback, fromPromise, type NonReducibleUnknown } from 'xstate';

/** A machine names its effects; whoever runs it provides them. A forgotten one fails at its first use, by name. */

export function promiseNotProvided<Output, Input extends NonReducibleUnknown = NonReducibleUnknown>(
  name: string,
) {
  return fromPromise<Output, Input>(() => Promise.reject(new Error(`${name} was not provided`)));
}

export function callbackNotProvided<
  Event extends { type: string },
  Input extends NonReducibleUnknown = NonReducibleUnknown,
>(name: string) {
  return fromCallback<Event, Input>(() => {
    throw new Error(`${name} was not provided`);
  });
}
