/** What is dear to open, shared by the tests of a file. */

import { afterAll } from 'vitest';

interface Opened<Thing> {
  readonly thing: Thing;
  readonly end: () => void;
  /** Resolves when nothing of it is left. */
  readonly ended: Promise<void>;
}

type Within<Thing> = (story: (thing: Thing) => Promise<void>) => Promise<void>;

/**
 * Tells stories as `within` does, but all of them with one thing: it is opened for the first and ends with the file. Each has to
 * leave it as the next one needs it; after one that failed it is opened anew, so that one failure is one.
 */
export function oneForAll<Thing>(within: Within<Thing>): Within<Thing> {
  let present: Opened<Thing> | null = null;

  async function end(): Promise<void> {
    const ending = present;
    present = null;
    ending?.end();
    await ending?.ended;
  }
  afterAll(end);

  return async (story) => {
    present ??= await open(within);
    try {
      await story(present.thing);
    } catch (error) {
      // What comes of ending it says less than what went wrong in it.
      await end().catch(() => {});
      throw error;
    }
  };
}

async function open<Thing>(within: Within<Thing>): Promise<Opened<Thing>> {
  const opened = Promise.withResolvers<Thing>();
  const over = Promise.withResolvers<void>();
  const ended = within(async (thing) => {
    opened.resolve(thing);
    await over.promise;
  });
  const never = ended.then((): never => {
    throw new Error('it ended before it was open');
  });
  const thing = await Promise.race([opened.promise, never]);
  return { thing, end: over.resolve, ended };
}
