/** What many terminals say in one moment: taken up together, durable before any of it is answered, and nobody's fault is another's. */

import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { FactLog } from '../../platform-sim/fact-log.ts';
import { Intake } from '../../platform-sim/intake.ts';
import { RemovedFacts } from '../../platform-sim/removed-facts.ts';
import { inSlices } from '../../platform-sim/slices.ts';
import { TerminalLinks } from '../../platform-sim/terminals.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { TestPlatform } from './test-platform.ts';

describe('the intake', () => {
  function recorded() {
    const taken: string[][] = [];
    return { taken, intake: new Intake<string>((items) => taken.push([...items])) };
  }

  test('hands over what came in one turn together, in its order', async () => {
    const { taken, intake } = recorded();
    for (const item of ['a', 'b', 'c']) intake.add(item, 1);
    expect(taken).toEqual([]);
    await turn();
    await turn();
    expect(taken).toEqual([['a', 'b', 'c']]);
    intake.add('d', 1);
    await turn();
    await turn();
    expect(taken).toEqual([['a', 'b', 'c'], ['d']]);
  });

  test('holds no more than 500 at a time, nor more than 4 MiB', () => {
    const { taken, intake } = recorded();
    for (let n = 0; n < 501; n += 1) intake.add('small', 1);
    expect(taken.map(({ length }) => length)).toEqual([500]);
    for (let n = 0; n < 4; n += 1) intake.add('large', 1_048_576);
    expect(taken.map(({ length }) => length)).toEqual([500, 5]);
  });

  test('hands nothing over twice when it is emptied before its turn', async () => {
    const { taken, intake } = recorded();
    intake.add('a', 1);
    intake.drain();
    intake.drain();
    await turn();
    await turn();
    expect(taken).toEqual([['a']]);
  });

  test('goes on after what it handed over was too much for whoever took it', () => {
    const taken: string[] = [];
    const intake = new Intake<string>(([item = '']) => {
      if (item === 'bad') throw new Error('too much');
      taken.push(item);
    });
    intake.add('bad', 1);
    expect(() => intake.drain()).toThrow('too much');
    intake.add('good', 1);
    intake.drain();
    expect(taken).toEqual(['good']);
  });
});

describe('slices', () => {
  test('leave room for others in long work, and take those who were there when it began', async () => {
    const items = new Set([1, 2, 3]);
    const done: number[] = [];
    let others = 0;
    const count = setInterval(() => {
      others += 1;
    }, 1);
    await inSlices(items, (item) => {
      items.add(item + 10);
      done.push(item);
      const until = performance.now() + 15;
      while (performance.now() < until);
    });
    clearInterval(count);
    expect(done).toEqual([1, 2, 3]);
    expect(others).toBeGreaterThan(0);
  });

  test('end with what goes wrong in them', async () => {
    const work = () => {
      throw new Error('wrong');
    };
    await expect(inSlices([1], work)).rejects.toThrow('wrong');
  });
});

describe('a platform to which many speak at once', () => {
  let world: TestPlatform;
  beforeAll(async () => {
    world = await TestPlatform.start();
  });
  afterAll(() => world.stop());

  test('takes the facts of all, and refuses only the one that sends none', async () => {
    const chains = Array.from({ length: 30 }, (_, n) => new Chain(`many-${n}`).add().add());
    const sockets = await Promise.all(chains.map(() => BareTerminal.connect(world.url)));
    const liar = await BareTerminal.greet(world.url, new Chain('liar'));
    for (const [n, chain] of chains.entries()) {
      // Its hello is not answered yet when its facts are sent.
      sockets[n]?.hello(chain);
      sockets[n]?.facts(1, chain.items);
      if (n === 15) liar.facts(1, ['{"seq":1}']);
    }
    expect(await liar.closed).toBe(4000);
    const answers = await Promise.all(sockets.map((socket) => socket.next('ack')));
    expect(answers.map(({ upto }) => upto)).toEqual(chains.map(() => 2));
    await Promise.all(
      sockets.map((socket) => {
        socket.socket.close();
        return socket.closed;
      }),
    );
  });

  test('has what somebody said who was gone in the same moment', async () => {
    const chain = new Chain('hasty').add();
    const hasty = await BareTerminal.connect(world.url);
    hasty.hello(chain);
    hasty.facts(1, chain.items);
    hasty.socket.close();
    await hasty.closed;
    const again = await BareTerminal.greet(world.url, chain);
    expect(again.welcome.upto).toBe(1);
    again.socket.close();
    await again.closed;
  });
});

test('nothing is answered that is not durable', async () => {
  const sent: string[] = [];
  const facts: Partial<FactLog> = {
    take: () => Promise.reject(new Error('the disk is gone')),
  };
  const terminals = { standing: () => null, isQuarantined: () => false };
  const questions = { removed: new RemovedFacts() };
  const parts = { facts, terminals, heads: { all: () => [] }, keys: { roots: [] }, questions };
  const links = new TerminalLinks(
    {
      ...(parts as never as ConstructorParameters<typeof TerminalLinks>[0]),
      commands: () => [],
      log: () => {},
    },
    { beatMs: 60_000, helloMs: 60_000, sessionsMax: 10, slowMs: 500 },
  );
  const peer = Object.assign(new EventEmitter(), {
    ...{ readyState: WebSocket.OPEN, bufferedAmount: 0 },
    send: (text: string) => sent.push(text),
  });
  links.accept(peer as unknown as WebSocket, null);
  const clock = { at: '2026-02-20T09:00:00.000Z', quality: 'synced', mono: 1 };
  const { terminal, epoch, last } = new Chain('gate-1');
  const said = { frame: 'hello', terminal, epoch, last, boot: 1, lists: [], software: '', clock };
  peer.emit('message', Buffer.from(JSON.stringify(said)), false);
  peer.emit('close', 1006);
  await expect(links.close()).rejects.toThrow('the disk is gone');
  expect(sent).toEqual([]);
});
