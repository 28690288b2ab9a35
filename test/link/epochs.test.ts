/** A ledger that went back, was copied or was replaced: a new epoch begins, nothing is lost, and both sides can say why. */

import { cpSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TerminalFrame } from '../../src/link/protocol.ts';
import { BareTerminal, Chain } from '../platform/bare-terminal.ts';
import { TestPlatform } from '../platform/test-platform.ts';
import { FakePlatform } from './fake-platform.ts';
import { TERMINAL, TestTerminal, tempFolder } from './fixtures.ts';

const NOTHING = { upto: 0, hash: '0'.repeat(64) };
const OTHER = 'f'.repeat(64);

type Facts = Extract<TerminalFrame, { frame: 'facts' }>;

describe('with the platform of this version, a state folder that was put back', () => {
  let platform: TestPlatform;

  beforeEach(async () => {
    platform = await TestPlatform.start();
  });

  afterEach(() => platform.stop());

  /** Tells 5 facts, and returns the state as it was after 3 of them. */
  async function putBack(): Promise<TestTerminal> {
    const before = tempFolder();
    const terminal = new TestTerminal();
    terminal.record(3);
    terminal.end();
    cpSync(terminal.state, before, { recursive: true });
    const again = new TestTerminal(terminal.state);
    again.record(2);
    const link = await again.connect(platform.url);
    await again.until('facts.acknowledged', { upto: 5, waiting: 0 });
    await link.close();
    again.end();
    return new TestTerminal(before);
  }

  /** Until the old epoch is told to its end and the new one is, too. */
  async function settled(terminal: TestTerminal): Promise<void> {
    const open = terminal.opener(platform.url);
    const link = await open();
    await terminal.until('lost', { reason: 'facts-retold' });
    await link.close();
    await open();
    await terminal.until('facts.acknowledged', { waiting: 0 });
  }

  test('opens a new epoch, and what happens from then on counts', async () => {
    const terminal = await putBack();
    const before = terminal.ledger.epoch;
    await settled(terminal);
    const [old, fresh] = platform.stores.facts.terminals();
    expect(old).toMatchObject({ epoch: before, upto: 5, quarantined: 0 });
    expect(old?.suspected).toEqual(['ledger-went-back']);
    expect(fresh).toMatchObject({ epoch: terminal.ledger.epoch, upto: 4, quarantined: 0 });
    expect(fresh?.suspected).toEqual([]);
    expect(platform.stores.terminals.isQuarantined(TERMINAL)).toBe(false);

    terminal.record(1);
    await terminal.until('facts.acknowledged', { upto: 5, waiting: 0 });
    expect(terminal.ledger.verifyChain()).toEqual({ ok: true, facts: 5 });
    const told = [...platform.stores.facts.since(0)].map(({ json }) => JSON.parse(json));
    expect(told.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 4, 5]);
    const body = { before, upto: 3, held: 5 };
    expect(told[5]).toMatchObject({ event: 'ledger.epoch-opened', body });
  });

  test.each([
    ['as long as', 2],
    ['longer than', 7],
    ['shorter than', 1],
  ])(
    'and went on by itself, %s what is held: all of it is kept apart, none is lost',
    async (_, more) => {
      const terminal = await putBack();
      terminal.record(more);
      await settled(terminal);
      const [old, fresh] = platform.stores.facts.terminals();
      expect(old).toMatchObject({ upto: 5, quarantined: more });
      expect(old?.suspected).toContain('fork');
      expect(fresh).toMatchObject({ upto: 3 + more + 1, quarantined: 0 });
      expect(platform.stores.terminals.isQuarantined(TERMINAL)).toBe(true);
      expect(terminal.ledger.waiting()).toBe(0);
      expect(terminal.ledger.verifyChain()).toEqual({ ok: true, facts: 3 + more + 1 });
    },
  );

  test('is no way to live twice: who goes on in the epoch that ended is suspected, until somebody decides', async () => {
    const chain = new Chain().add().add();
    await (await BareTerminal.greetNow(platform.url, chain)).tell(chain);
    const opening = new Chain().add({ before: chain.epoch }, { event: 'ledger.epoch-opened' });
    const second = await BareTerminal.greetNow(platform.url, opening);
    await second.tell(opening);
    expect(platform.stores.terminals.isQuarantined(TERMINAL)).toBe(false);

    const first = await BareTerminal.greetNow(platform.url, chain.add());
    expect(platform.stores.terminals.quarantineOf(TERMINAL).map(({ why }) => why)).toEqual([
      'fork',
    ]);
    // Both are heard, whoever came last.
    expect(await first.tell(chain, 3)).toBe(3);
    expect(await second.tell(opening.add(), 2)).toBe(2);
  });

  test('has numbers that go on: only the fact that opens an epoch may be no first one', async () => {
    const epoch = '00000000-0000-4000-8000-00000000000a';
    const at = { epoch, seq: 7, prev: OTHER };
    const opening = new Chain(TERMINAL, epoch).add({ before: 'x' }, at).items;
    const opened = new Chain(TERMINAL, epoch).add(
      { before: 'x' },
      { ...at, event: 'ledger.epoch-opened' },
    ).items;
    const terminal = await BareTerminal.greetNow(platform.url, new Chain(TERMINAL, epoch));
    terminal.facts(7, opening);
    expect((await terminal.next('gap')).upto).toBe(0);
    terminal.facts(7, opened);
    expect((await terminal.next('ack')).upto).toBe(7);
    expect(platform.stores.facts.terminals()[0]).toMatchObject({ upto: 7, quarantined: 0 });
  });
});

describe('with a platform made by hand', () => {
  const epochsOf = ({ hellos }: FakePlatform) => hellos.map(({ epoch }) => epoch);
  const factsOf = ({ frames }: FakePlatform) =>
    frames.filter((frame): frame is Facts => frame.frame === 'facts');

  test('facts of an epoch that is over are told to their end through any number of links, then the next', async () => {
    const platform = await FakePlatform.start();
    platform.credit = { batch: 10, bytes: 262_144, inflight: 1 };
    platform.welcome = { upto: 1_000, hash: OTHER };
    const terminal = new TestTerminal();
    terminal.record(35);
    const { epoch } = terminal.ledger;
    let answers = 2;
    platform.onFrame = (frame, socket) => {
      if (frame.frame !== 'facts') return false;
      if (answers === 0) socket.terminate();
      else socket.send(JSON.stringify({ frame: 'ack', upto: frame.from + frame.items.length - 1 }));
      answers -= 1;
      return true;
    };
    const open = terminal.opener(platform.url);
    await open();
    await terminal.until('lost', { reason: 'broken' });
    expect(terminal.ledger.epoch).not.toBe(epoch);
    // Recorded meanwhile: of the new epoch, and not told in the old one.
    terminal.record(1);
    expect(terminal.ledger.waiting()).toBe(15 + 2);
    answers = 10;
    await open();
    await terminal.until('lost', { reason: 'facts-retold' });
    platform.welcome = NOTHING;
    await open();
    await terminal.until('facts.acknowledged', { upto: 37, waiting: 0 });
    expect(epochsOf(platform)).toEqual([epoch, epoch, terminal.ledger.epoch]);
    expect(factsOf(platform).map(({ from }) => from)).toEqual([1, 11, 21, 21, 31, 36]);
    terminal.end();
    const { ledger } = new TestTerminal(terminal.state);
    expect([ledger.waiting(), ledger.stream().isOver]).toEqual([0, false]);
  });

  test('a platform that knows of no epochs is told nothing that it would take wrongly', async () => {
    const platform = await FakePlatform.start();
    const terminal = new TestTerminal();
    terminal.record(2);
    terminal.ledger.openEpoch(9);
    await terminal.connect(platform.url);
    await terminal.until('link.refused', { reason: 'ledger-behind' });
    terminal.record(1);
    platform.send({ frame: 'ack', upto: 3 });
    platform.send({ frame: 'gap', upto: 0 });
    await terminal.connect(platform.url);
    expect(factsOf(platform)).toEqual([]);
    expect(terminal.ledger.waiting()).toBe(4);
  });

  test('a ledger without a fact begins a new epoch, too, and nothing is told again', async () => {
    const platform = await FakePlatform.start();
    platform.welcome = { upto: 7, hash: OTHER };
    const terminal = new TestTerminal();
    await terminal.connect(platform.url);
    await terminal.until('lost', { reason: 'new-epoch' });
    platform.welcome = NOTHING;
    await terminal.connect(platform.url);
    await terminal.until('facts.acknowledged', { upto: 1, waiting: 0 });
    expect(epochsOf(platform)[1]).toBe(terminal.ledger.epoch);
  });

  test('a platform that claims more every time does not fill the ledger', async () => {
    const platform = await FakePlatform.start();
    platform.welcome = { upto: 1_000_000, hash: OTHER };
    const terminal = new TestTerminal();
    terminal.record(1);
    while (terminal.ledger.openEpoch(9));
    expect(terminal.ledger.lastFact().seq).toBe(101);
    const untold = terminal.ledger.stream();
    untold.acknowledge(1);
    await terminal.connect(platform.url);
    expect(terminal.ledger.lastFact().seq).toBe(101);
  });

  test('the same facts held are no reason, also behind an epoch that is over', async () => {
    const platform = await FakePlatform.start();
    const terminal = new TestTerminal();
    terminal.record(3);
    const hash = terminal.ledger.hashOf(3) ?? '';
    platform.welcome = { upto: 3, hash };
    terminal.record(1);
    platform.onFrame = (frame, socket) => {
      if (frame.frame === 'facts') socket.send(JSON.stringify({ frame: 'ack', upto: 4 }));
      return frame.frame === 'facts';
    };
    const { epoch } = terminal.ledger;
    await terminal.connect(platform.url);
    await terminal.until('facts.acknowledged', { upto: 4, waiting: 0 });
    expect(terminal.ledger.epoch).toBe(epoch);
  });
});
