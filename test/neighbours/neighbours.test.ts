import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { SYSTEM_TIME, type TimeSources } from '../../src/clock.ts';
import { KeyStoreError } from '../../src/keys/key-store.ts';
import { StaffBook } from '../../src/staff/book.ts';
import { takeBack } from '../../src/staff/decisions.ts';
import { enterByTicket } from '../../src/staff/ticket-entry.ts';
import { holdAgainstOthers, OvertakenError, ticketState } from '../../src/store/ticket-state.ts';
import {
  Authority,
  type GateOptions,
  LIST,
  PATIENCE_MS,
  TestGate,
  tempFolder,
  ticketOf,
} from './venue.ts';
import { freePort, Wire } from './wire.ts';

let authority: Authority;

beforeAll(async () => {
  authority = await Authority.make();
});

function gate(name: string, options: GateOptions = {}): Promise<TestGate> {
  return new TestGate(name, authority, options).enrol();
}

function eventually(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: PATIENCE_MS, interval: 10 });
}

async function hearing(...gates: readonly TestGate[]): Promise<void> {
  for (const { name, neighbours } of gates) {
    const others = gates.map((other) => other.name).filter((other) => other !== name);
    await eventually(() => expect(neighbours?.level().heard.toSorted()).toEqual(others.toSorted()));
  }
}

/** Two that hear each other: the second one calls the first. */
async function pair(options: GateOptions = {}): Promise<[TestGate, TestGate]> {
  const [west, east] = [await gate('west', options), await gate('east', options)];
  await east.open([await west.open()]);
  await hearing(west, east);
  return [west, east];
}

describe('two gates that hear each other', () => {
  test('whom one let in, the other refuses, and says where', async () => {
    const [west, east] = await pair();
    west.grant('a');
    east.grant('b');
    await eventually(() => {
      expect(east.enteredAt('a')).toBe('west');
      expect(west.enteredAt('b')).toBe('east');
    });
    expect(west.enteredAt('c')).toBeNull();
  });

  test('the transaction of an entry is held against what came while a card lay there', async () => {
    const [west, east] = await pair();
    west.grant('a');
    await eventually(() => expect(east.enteredAt('a')).toBe('west'));
    const ticket = { list: LIST, subject: `${LIST}/a`, ticket: ticketOf('a') };
    const body = { ticket: ticket.ticket, list: LIST, ref: 'a', gate: 'east' };
    const fact = { event: 'entry.granted', subject: ticket.subject, body } as const;
    const record = () => east.ledger.record([fact], () => holdAgainstOthers(east.ledger, ticket));
    expect(record).toThrow(OvertakenError);
    expect(east.ledger.lastFact().seq).toBe(0);
  });

  test('an entry by number counts at the other gate, and so does what staff takes back there', async () => {
    const [west, east] = await pair();
    west.grantByNumber(ticketOf('a'));
    west.grant('b');
    await eventually(() => {
      expect(east.enteredAt('a')).toBe('west');
      expect(east.enteredAt('b')).toBe('west');
    });
    const records = { ledger: east.ledger, book: new StaffBook(east.ledger) };
    const decision = { by: '佐藤', why: '間違い' };
    const entry = { list: LIST, gate: 'east', number: ticketOf('b'), ...decision };
    expect(enterByTicket(records, entry)).toMatchObject({
      result: 'already-entered',
      first: { gate: 'west' },
    });
    for (const ref of ['a', 'b']) {
      const undone = takeBack(records, LIST, ticketOf(ref), decision);
      expect(undone).toMatchObject({ result: 'undone', fact: { event: 'entry.undone' } });
      expect(takeBack(records, LIST, ticketOf(ref), decision).result).toBe('nothing-to-undo');
    }
    await eventually(() => {
      expect(west.enteredAt('a')).toBeNull();
      expect(west.enteredAt('b')).toBeNull();
    });
    west.grant('b');
    await eventually(() => expect(east.enteredAt('b')).toBe('west'));
  });

  test('who was let in and did not walk through, or went out, is known at the other gate, too', async () => {
    const [west, east] = await pair();
    const { seq: grant } = west.grant('a', { passage: 'turnstile' });
    west.grant('b');
    await eventually(() => {
      expect(east.enteredAt('a')).toBe('west');
      expect(east.enteredAt('b')).toBe('west');
    });
    west.record('entry.not-passed', 'a', { grant, by: 'turnstile' });
    await eventually(() => expect(east.enteredAt('a')).toBeNull());
    east.record('entry.left', 'b');
    const ticket = { list: LIST, subject: `${LIST}/b`, ticket: ticketOf('b') };
    await eventually(() => {
      expect(ticketState(west.ledger, ticket).left).toMatchObject({ gate: 'east' });
    });
  });

  test('what happened before they met is told when they meet, and again after a restart', async () => {
    const [west, east] = [await gate('west'), await gate('east')];
    for (let n = 0; n < 100; n += 1) west.grant(`old-${n}`);
    await east.open([await west.open()]);
    await eventually(() => expect(east.enteredAt('old-99')).toBe('west'));
    await east.close();

    const back = await gate('east', { state: east.state });
    expect(back.enteredAt('old-0')).toBe('west');
    west.grant('new');
    await back.open([west.neighbours?.port ?? 0]);
    await eventually(() => expect(back.enteredAt('new')).toBe('west'));
    expect(back.heard.rows).toBe(101);
  });

  test('both may call each other and themselves: one socket is left', async () => {
    const [port, other] = [await freePort(), await freePort()];
    const [west, east] = [await gate('west'), await gate('east')];
    await Promise.all([west.open([port, other], port), east.open([port, other], other)]);
    await hearing(west, east);
    west.grant('a');
    await eventually(() => expect(east.enteredAt('a')).toBe('west'));
    expect([west, east].flatMap((each) => each.events('neighbour.refused'))).toEqual([]);
  });

  test('a gate that sees only one neighbour hears all', async () => {
    const [west, north, east] = [await gate('west'), await gate('north'), await gate('east')];
    const port = await north.open();
    await west.open([port]);
    await east.open([port]);
    west.grant('a');
    await eventually(() => expect(east.enteredAt('a')).toBe('west'));
    east.undo('a');
    await eventually(() => expect(west.enteredAt('a')).toBeNull());
    expect(west.neighbours?.level().heard).toEqual(['north']);
  });
});

describe('a partition', () => {
  test('both admit; merged, both keep what happened, and each says it once', async () => {
    const [west, east] = [await gate('west'), await gate('east')];
    const wire = await Wire.to(await west.open());
    await east.open([wire.port]);
    await hearing(west, east);
    wire.cut();
    await eventually(() => expect(east.neighbours?.level().heard).toEqual([]));
    const first = west.grant('a');
    await eventually(() => expect(east.clock.now()).toBeGreaterThan(Date.parse(first.at)));
    const second = east.grant('a');
    west.grant('b');
    expect([west, east].map((each) => each.enteredAt('a'))).toEqual(['west', 'east']);

    wire.mend();
    await eventually(() => {
      for (const each of [west, east]) {
        expect(each.events('neighbour.double-entry')).toEqual([
          {
            ...{ ticket: ticketOf('a'), list: LIST, ref: 'a' },
            first: { at: first.at, gate: 'west' },
            second: { at: second.at, gate: 'east' },
          },
        ]);
      }
      expect(east.enteredAt('b')).toBe('west');
    });
    expect([west, east].map((each) => each.enteredAt('a'))).toEqual(['west', 'west']);
    expect(west.ledger.lastFact().seq).toBe(2);
    expect(east.ledger.lastFact().seq).toBe(1);
    await wire.close();
  });

  test('a network that swallows everything is noticed by the beats', async () => {
    const options = { beatMs: 200 };
    const [west, east] = [await gate('west', options), await gate('east', options)];
    const wire = await Wire.to(await west.open());
    await east.open([wire.port]);
    await hearing(west, east);
    wire.goSilent();
    await eventually(() => {
      for (const each of [west, east]) {
        const [down] = each.events('neighbour.down');
        expect(down).toMatchObject({ reason: 'silent' });
      }
    });
    await hearing(west, east);
    await wire.close();
  });
});

describe('a ledger', () => {
  test('that was lost: the neighbours tell the gate whom it had let in itself', async () => {
    const [west, east] = await pair();
    west.grant('a');
    await eventually(() => expect(east.enteredAt('a')).toBe('west'));
    await west.close();

    const anew = await gate('west');
    expect(anew.enteredAt('a')).toBeNull();
    await anew.open([east.neighbours?.port ?? 0]);
    await eventually(() => expect(anew.enteredAt('a')).toBe('west'));
    anew.grant('b');
    await eventually(() => expect(east.enteredAt('b')).toBe('west'));
  });

  test('of which an older copy was put back hears what it had told, and says nothing twice', async () => {
    const [west, east] = await pair();
    west.grant('a');
    await eventually(() => expect(east.enteredAt('a')).toBe('west'));
    const copy = tempFolder();
    for (const name of ['ledger.db', 'heard.db']) {
      for (const end of ['', '-wal']) {
        const file = join(west.state, `${name}${end}`);
        if (existsSync(file)) copyFileSync(file, join(copy, `${name}${end}`));
      }
    }
    west.grant('b');
    await eventually(() => expect(east.enteredAt('b')).toBe('west'));
    await west.close();

    const restored = await gate('west', { state: copy });
    expect(restored.enteredAt('b')).toBeNull();
    await restored.open([east.neighbours?.port ?? 0]);
    await eventually(() => expect(restored.enteredAt('b')).toBe('west'));
    // What it goes on with is not told in the place of what was: that is for its next epoch.
    restored.grant('c');
    restored.grant('d');
    east.grant('e');
    await eventually(() => expect(restored.enteredAt('e')).toBe('east'));
    expect(east.enteredAt('d')).toBeNull();
    restored.ledger.openEpoch(2);
    restored.grant('f');
    await eventually(() => expect(east.enteredAt('f')).toBe('west'));
  });
});

test('a list that is not for a gate is not told to it, nor believed of it', async () => {
  const options = { manifest: { audience: ['west', 'north'] } };
  const [west, east, north] = [
    await gate('west', options),
    await gate('east'),
    await gate('north', options),
  ];
  const port = await west.open();
  await east.open([port]);
  await north.open([port]);
  east.grant('of-east');
  west.grant('of-west');
  await eventually(() => expect(north.enteredAt('of-west')).toBe('west'));
  expect(west.enteredAt('of-east')).toBeNull();
  expect(east.enteredAt('of-west')).toBeNull();
});

test('when a list is over, what was heard of it is forgotten, and nothing more is told', async () => {
  const [west, east] = await pair();
  west.grant('a');
  await eventually(() => expect(east.enteredAt('a')).toBe('west'));
  east.list = { ...east.manifest, validTo: new Date().toISOString() };
  await eventually(() => expect(east.heard.rows).toBe(0));
  expect(east.enteredAt('a')).toBeNull();
});

test('a key that can not be used delays what is told, is said once, and holds up nobody', async () => {
  const [west, east] = [await gate('west'), await gate('east')];
  const { identity } = west;
  if (identity === null) throw new Error('it is enrolled');
  await east.open([await west.open()]);
  await hearing(west, east);
  const signing = vi.spyOn(identity, 'signing');
  const never = Promise.withResolvers<never>();
  signing.mockReturnValueOnce(never.promise);
  west.grant('a');
  west.grant('b');
  // Nothing of an entry waits for it.
  expect(west.ledger.lastFact().seq).toBe(2);
  await eventually(() => expect(signing).toHaveBeenCalledOnce());
  never.reject(new KeyStoreError('the token is gone'));
  await eventually(() => {
    expect(west.events('neighbours.unavailable')).toEqual([{ reason: 'the token is gone' }]);
  });
  await eventually(() => expect(east.enteredAt('b')).toBe('west'));
  expect(west.events('neighbours.unavailable')).toHaveLength(1);
});

test('a gate that is not enrolled calls nobody, says so, and goes on by itself', async () => {
  const west = await gate('west');
  const alone = new TestGate('east', authority);
  alone.start([await west.open()]);
  alone.grant('a');
  await eventually(() => {
    const reason = 'this terminal is not enrolled';
    // It can't be called, and can't sign what it would tell.
    expect(alone.events('neighbours.unavailable')).toEqual([{ reason }, { reason }]);
  });
  expect(alone.enteredAt('a')).toBe('east');
  expect(west.neighbours?.level().heard).toEqual([]);
});

test('a gate that has no list yet tells and believes nothing, and all of it once it has', async () => {
  const [west, east] = [await gate('west'), await gate('east')];
  const { manifest } = east;
  east.list = null;
  await east.open([await west.open()]);
  await hearing(west, east);
  west.grant('a');
  east.grant('b');
  await eventually(() => expect(west.heard.rows).toBe(1));
  expect(east.heard.rows).toBe(0);
  east.list = manifest;
  await eventually(() => {
    expect(east.enteredAt('a')).toBe('west');
    expect(west.enteredAt('b')).toBe('east');
  });
});

test('the certificate that is shown to others is of a day, and another one before it is over', async () => {
  let later = 0;
  const time: TimeSources = {
    wall: () => SYSTEM_TIME.wall() + later,
    mono: () => SYSTEM_TIME.mono() + later,
  };
  const west = await gate('west', { time });
  const port = await west.open();
  const shown = async (): Promise<X509Certificate> => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { raw } = socket.getPeerCertificate();
    socket.destroy();
    return new X509Certificate(raw);
  };
  const first = await shown();
  expect(first.subject).toBe('CN=west neighbour');
  expect(first.ca).toBe(false);
  later = 16 * 3_600_000;
  await vi.waitFor(
    async () => expect((await shown()).fingerprint256).not.toBe(first.fingerprint256),
    { timeout: PATIENCE_MS, interval: 100 },
  );
});
