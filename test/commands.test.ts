/** Each command once: through repetitions, kills at the worst place, full disks and people at the terminal. */

import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type CommandParts, CommandRunner } from '../src/commands.ts';
import type { Check } from '../src/domain/check.ts';
import type { Command } from '../src/domain/command.ts';
import { DiskFullError, type Ledger } from '../src/store/ledger.ts';
import { TestTerminal } from './link/fixtures.ts';

const MINUTE = 60_000;
let numbers = 0;

function command(over: Partial<Command> = {}): Command {
  numbers += 1;
  return {
    id: randomUUID(),
    issuer: 'operations',
    number: numbers,
    does: 'report-health',
    role: null,
    issuedAt: Date.now() - 1_000,
    expires: Date.now() + MINUTE,
    ...over,
  };
}

const CHECKS: readonly Check[] = [
  { id: 'list', state: 'ok', detail: 'stadium, version 7', remedy: null },
  { id: 'receipt-printer', state: 'not-well', detail: '/dev/ttyS0: no paper', remedy: 'a roll' },
  { id: 'voice', state: 'unknown', detail: 'none is configured', remedy: null },
  { id: 'link', state: 'not-well', detail: 'not reached', remedy: 'check the network' },
];

interface Bench {
  readonly terminal: TestTerminal;
  readonly runner: CommandRunner;
  readonly noted: [string, object][];
  restarts: number;
  /** Ends the wait for an idle terminal. */
  becomeIdle: () => void;
  /** As a process that was killed and started again on the same state folder. */
  killed(): Promise<Bench>;
}

/** What roles do is in test/roles. */
function unasked(): never {
  throw new Error('no role changes here');
}

function bench(over: Partial<CommandParts> = {}, state?: string): Bench {
  const terminal = new TestTerminal(state);
  const { ledger } = terminal;
  const idle = Promise.withResolvers<void>();
  const noted: [string, object][] = [];
  const recorder = {
    ledger,
    record: (facts: Parameters<Ledger['record']>[0], { steps }: { steps?: () => void } = {}) =>
      ledger.record(facts, steps),
    note: (event: string, fields: object) => noted.push([event, fields]),
  };
  const made: Bench = {
    terminal,
    noted,
    restarts: 0,
    becomeIdle: idle.resolve,
    runner: new CommandRunner({
      recorder: recorder as unknown as CommandParts['recorder'],
      now: Date.now,
      software: '1.2.3',
      checks: async () => CHECKS,
      idle: (signal) => {
        const over = new Promise<boolean>((resolve) =>
          signal.addEventListener('abort', () => resolve(false), { once: true }),
        );
        return Promise.race([over, idle.promise.then(() => true)]);
      },
      restart: () => {
        made.restarts += 1;
      },
      roles: { refusalOf: () => 'no-role', announce() {}, change: unasked },
      quiet: unasked,
      way: { how: 'link' },
      ...over,
    }),
    async killed() {
      // What is queued behind a finished command finds nothing to do; a closed ledger it must not find.
      await new Promise((resolve) => setImmediate(resolve));
      terminal.end();
      return bench(over, terminal.state);
    },
  };
  return made;
}

const facts = ({ terminal }: Bench) =>
  [...terminal.ledger.facts(0)].map(({ event, subject, body }) => ({ event, subject, body }));

async function done(made: Bench, count: number): Promise<void> {
  await expect.poll(() => facts(made).length, { timeout: 20_000 }).toBe(count);
}

test('a health report is a fact that names checks and says nothing of them', async () => {
  const made = bench();
  const asked = command();
  made.runner.take(asked);
  await done(made, 1);
  const { id, number, does } = asked;
  expect(facts(made)).toEqual([
    {
      event: 'command.done',
      subject: `command/${id}`,
      body: {
        ...{ command: id, number, does, software: '1.2.3' },
        notWell: ['receipt-printer'],
        unknown: ['voice'],
      },
    },
  ]);
});

test('a command that is told again, before and after a start, is done once and not refused', async () => {
  const made = bench();
  const asked = command();
  made.runner.take(asked);
  made.runner.take(asked);
  await done(made, 1);
  const again = await made.killed();
  again.runner.take(asked);
  again.runner.take(command());
  await done(again, 2);
  expect(facts(again).every(({ event }) => event === 'command.done')).toBe(true);
});

test('numbers only rise, through a start, and each issuer counts its own', async () => {
  const made = bench();
  made.runner.take(command({ number: 50 }));
  await done(made, 1);
  const again = await made.killed();
  again.runner.take(command({ number: 50 }));
  again.runner.take(command({ number: 49 }));
  again.runner.take(command({ number: 1, issuer: 'after a rotation' }));
  await done(again, 4);
  expect(facts(again).map(({ body }) => body['reason'] ?? 'done')).toEqual([
    'done',
    'older-number',
    'older-number',
    'done',
  ]);
});

test('two commands at once are done one after the other, in the order in which they came', async () => {
  const order: string[] = [];
  const made = bench({
    checks: async () => {
      order.push('begun');
      await new Promise((resolve) => setImmediate(resolve));
      order.push('ended');
      return CHECKS;
    },
  });
  const [one, two] = [command(), command()];
  made.runner.take(one);
  made.runner.take(two);
  await done(made, 2);
  expect(order).toEqual(['begun', 'ended', 'begun', 'ended']);
  expect(facts(made).map(({ body }) => body['command'])).toEqual([one.id, two.id]);
});

test.each([
  ['expired', { expires: Date.now() - 1 }],
  ['future-dated', { issuedAt: Date.now() + 10 * MINUTE, expires: Date.now() + 20 * MINUTE }],
  ['unknown-command', { does: 'open-the-door' }],
])('a command that is %s is refused with a fact, once', async (reason, over) => {
  const made = bench();
  const asked = command(over);
  made.runner.take(asked);
  made.runner.take(asked);
  made.runner.take(command());
  await done(made, 2);
  expect(facts(made)[0]).toMatchObject({ event: 'command.refused', body: { reason } });
});

test('a restart waits until nobody is served, and is done once through the kill that it is', async () => {
  const made = bench();
  const asked = command({ does: 'restart' });
  made.runner.take(asked);
  await new Promise((resolve) => setImmediate(resolve));
  expect(made.restarts).toBe(0);
  made.becomeIdle();
  await expect.poll(() => made.restarts, { timeout: 20_000 }).toBe(1);
  // Intent on the medium, no fact yet: here the process ends.
  expect(facts(made)).toEqual([]);
  const again = await made.killed();
  again.runner.settleEarlierRun();
  again.runner.take(asked);
  again.runner.take(command());
  await done(again, 2);
  expect(again.restarts).toBe(0);
  expect(facts(again)[0]).toMatchObject({ event: 'command.done', body: { command: asked.id } });
  const third = await again.killed();
  third.runner.settleEarlierRun();
  expect(facts(third)).toHaveLength(2);
});

test('a restart is refused when there is somebody until it expires', async () => {
  const now = Date.now();
  const made = bench({ now: () => now });
  made.runner.take(command({ does: 'restart', expires: now + 50 }));
  await done(made, 1);
  expect(facts(made)[0]).toMatchObject({ event: 'command.refused', body: { reason: 'busy' } });
  made.becomeIdle();
  expect(made.restarts).toBe(0);
});

test('a terminal that ends while a restart waits decides nothing: it comes again', async () => {
  const made = bench();
  const asked = command({ does: 'restart' });
  made.runner.take(asked);
  await made.runner.stop();
  expect(facts(made)).toEqual([]);
  const again = await made.killed();
  again.becomeIdle();
  again.runner.settleEarlierRun();
  again.runner.take(asked);
  await expect.poll(() => again.restarts, { timeout: 20_000 }).toBe(1);
});

test('killed after a report was made and before its fact, it is made anew when it comes again', async () => {
  const begun = Promise.withResolvers<void>();
  const made = bench({
    checks: () => {
      begun.resolve();
      return new Promise(() => {});
    },
  });
  const asked = command();
  made.runner.take(asked);
  await begun.promise;
  const { state } = made.terminal;
  made.terminal.end();
  const again = bench({}, state);
  again.runner.settleEarlierRun();
  expect(facts(again)).toEqual([]);
  again.runner.take(asked);
  await done(again, 1);
});

test('on a full disk nothing is done or decided, and it is done when it comes again', async () => {
  const made = bench();
  const { ledger } = made.terminal;
  const record = ledger.record.bind(ledger);
  ledger.record = () => {
    throw new DiskFullError('full');
  };
  const [report, restart] = [command(), command({ does: 'restart' })];
  made.becomeIdle();
  made.runner.take(report);
  made.runner.take(restart);
  await expect.poll(() => made.noted.length, { timeout: 20_000 }).toBe(2);
  expect(made.noted[0]).toEqual(['command.rejected', { reason: 'disk-full' }]);
  expect(made.restarts).toBe(0);
  ledger.record = record;
  made.runner.take(report);
  await done(made, 1);
});

test('whoever sends hundreds while one waits has no more than a few kept', async () => {
  const made = bench();
  made.runner.take(command({ does: 'restart' }));
  for (let n = 0; n < 200; n += 1) made.runner.take(command());
  expect(made.noted).toHaveLength(200 - 63);
  expect(made.noted[0]).toEqual(['command.rejected', { reason: 'too-many' }]);
  await made.runner.stop();
});

test('of thousands of commands the newest are remembered, and a forgotten one is refused by its number', () => {
  const { terminal } = bench();
  const { ledger } = terminal;
  const all = Array.from({ length: 1_100 }, () => command());
  ledger.record([], () => {
    for (const each of all) ledger.commands.decide(each, 'done');
  });
  const [first, last] = [all[0], all.at(-1)];
  expect(ledger.commands.has(first?.id ?? '')).toBe(false);
  expect(ledger.commands.has(last?.id ?? '')).toBe(true);
  expect(ledger.commands.newest('operations')).toBe(last?.number);
});
