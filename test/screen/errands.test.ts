/** A terminal that asks what somebody wants before it has seen a card. */

import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import type { ErrandEnd, ErrandInput } from '../../src/domain/errand.ts';
import type { StateMeta } from '../../src/domain/screen.ts';
import type { Errand } from '../../src/services/service.ts';
import { Stage, settled } from './stage.ts';

const SILENT = { voice: null, tone: null } as const;
const CHOOSING: StateMeta = {
  screen: 'choose',
  ...SILENT,
  keys: ['choose', 'back'],
  timeout: 'idle',
};
const PASSWORD: StateMeta = {
  screen: 'password',
  ...SILENT,
  keys: ['character', 'enter', 'back'],
  timeout: null,
  secret: true,
};

/** Asks for a choice, then for a password in a machine of its own, until that is entered. */
class FakeErrand implements Errand {
  readonly id = 'registration';
  readonly events: object[] = [];
  readonly typed: string[] = [];
  readonly inputs: ErrandInput[] = [];
  end: ErrandEnd = { why: 'done', error: null };
  readonly machine;

  constructor() {
    const keep = ({ event }: { event: object }) => void this.events.push(event);
    const secret = setup({ actions: { keep } }).createMachine({
      id: 'secret',
      initial: 'typing',
      states: {
        typing: {
          meta: PASSWORD,
          on: { 'key.enter': 'typed', 'key.character': { actions: 'keep' } },
        },
        typed: { type: 'final' },
      },
    });
    this.machine = setup({
      types: { input: {} as ErrandInput, context: {} as object, output: {} as ErrandEnd },
      actors: { secret },
      delays: { idle: 60_000 },
    }).createMachine({
      id: 'errand',
      context: ({ input }) => {
        this.inputs.push(input);
        return {};
      },
      initial: 'choosing',
      states: {
        choosing: {
          meta: CHOOSING,
          on: { 'key.choose': 'asking', 'key.back': 'ended' },
          after: { idle: 'ended' },
        },
        asking: { meta: CHOOSING, invoke: { id: 'secret', src: 'secret', onDone: 'ended' } },
        ended: { type: 'final' },
      },
      output: () => this.end,
    });
  }

  openness = () => ({ open: true, until: '2026-11-25T14:00:00.000Z' }) as const;
  typeSecret = (character: string) => void this.typed.push(character);
  screenOf(snapshot: { readonly value: unknown }) {
    const progress = { of: 'registration', step: 'choose' } as const;
    return snapshot.value === 'asking'
      ? ({ screen: 'password', progress, length: 0, result: 'ask', tries: 5 } as const)
      : ({ screen: 'choose', progress, of: 'prefecture', choices: [], page: 1, pages: 1 } as const);
  }
}

async function open(): Promise<{ errand: FakeErrand; stage: Stage }> {
  const errand = new FakeErrand();
  return { errand, stage: await Stage.open({ errands: [errand] }) };
}

describe('A terminal with errands', () => {
  test('offers them while it waits, and until when', async () => {
    const { stage } = await open();
    expect(stage.screen).toMatchObject({
      screen: 'menu',
      keys: ['choose', 'staff', 'call'],
      items: [{ id: 'registration', openness: { open: true, until: '2026-11-25T14:00:00.000Z' } }],
    });
  });

  test('begins what is chosen, in the language of the person, and gives it the keys', async () => {
    const { errand, stage } = await open();
    await stage.press({ key: 'language', language: 'en' });
    await stage.press({ key: 'choose', choice: 'registration' });
    expect(stage.screen).toMatchObject({ screen: 'choose', language: 'en' });
    expect(errand.inputs.at(-1)).toEqual({ errand: 'registration', language: 'en' });
    await stage.press({ key: 'back' });
    expect(stage.screen).toMatchObject({ screen: 'menu', language: 'ja' });
  });

  test('hands what is typed on a secret screen to its vault, and not to the machine', async () => {
    const { errand, stage } = await open();
    await stage.press({ key: 'choose', choice: 'registration' });
    await stage.press({ key: 'choose', choice: 'x' });
    expect(stage.screen.screen).toBe('password');
    await stage.press({ key: 'character', character: 'A' });
    expect(errand.typed).toEqual(['A']);
    expect(errand.events).toEqual([{ type: 'key.character' }]);
    await stage.press({ key: 'enter' });
    expect(stage.screen.screen).toBe('menu');
  });

  test('begins nothing that it does not offer, and nothing while it is out of service', async () => {
    const { errand, stage } = await open();
    await stage.press({ key: 'choose', choice: 'nonsense' });
    expect(stage.screen.screen).toBe('menu');
    await stage.obstruct(['disk-full']);
    expect(stage.screen.screen).toBe('closed');
    stage.actor.send({ type: 'key.choose', choice: 'registration' });
    expect(await stage.press({ key: 'choose', choice: 'registration' })).toBe('key-not-allowed');
    expect(errand.inputs).toEqual([]);
  });

  test('lets no card that is held meanwhile into a session, and serves it afterwards', async () => {
    const { stage } = await open();
    await stage.press({ key: 'choose', choice: 'registration' });
    await stage.hold();
    expect(stage.screen.screen).toBe('choose');
    await stage.press({ key: 'back' });
    expect(stage.screen.screen).toBe('hold');
  });

  test('keeps an errand that has begun when something comes into the way of serving', async () => {
    const { stage } = await open();
    await stage.press({ key: 'choose', choice: 'registration' });
    await stage.obstruct(['platform-offline']);
    expect(stage.screen.screen).toBe('choose');
    await stage.press({ key: 'back' });
    expect(stage.screen.screen).toBe('closed');
  });

  test('ends it with nobody there, and waits for the next person', async () => {
    const { stage } = await open();
    await stage.press({ key: 'choose', choice: 'registration' });
    await stage.wait(60_000);
    expect(stage.screen.screen).toBe('menu');
  });

  test('reports an errand that failed, and waits for the next person', async () => {
    const { errand, stage } = await open();
    const defects: unknown[] = [];
    stage.actor.on('terminal.defect', ({ error }) => defects.push(error));
    errand.end = { why: 'failed', error: new Error('seeded') };
    await stage.press({ key: 'choose', choice: 'registration' });
    await stage.press({ key: 'back' });
    expect(defects).toEqual([errand.end.error]);
    expect(stage.screen.screen).toBe('menu');
  });

  test('calls for staff once a visit, wherever that is', async () => {
    const { stage } = await open();
    let calls = 0;
    stage.actor.on('staff.called', () => {
      calls += 1;
    });
    await stage.press({ key: 'choose', choice: 'registration' });
    expect(stage.screen.called).toBe(false);
    await stage.press({ key: 'call' });
    await stage.press({ key: 'call' });
    expect(calls).toBe(1);
    expect(stage.screen).toMatchObject({ screen: 'choose', called: true });
    await stage.press({ key: 'back' });
    await settled();
    expect(stage.screen.called).toBe(false);
  });
});
