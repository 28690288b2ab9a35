import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SYSTEM_TIME, type TimeSources } from '../../src/clock.ts';
import { LinkError } from '../../src/link/connection.ts';
import { platformTrust } from '../../src/link/pinned-platform.ts';
import { makeRequest } from '../../src/pki/issuing.ts';
import { BareTerminal, Chain, DEADLINE_MS } from '../platform/bare-terminal.ts';
import { TestPlatform, tickets } from '../platform/test-platform.ts';
import { enrolledTerminal, nextKey, signerOf } from './enrolled.ts';
import { LIST, TERMINAL, TestTerminal, tempFolder } from './fixtures.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let platform: TestPlatform;

beforeEach(async () => {
  platform = await TestPlatform.start();
});

afterEach(() => platform.stop());

function logged(event: string): object[] {
  return platform.logged.filter((line) => line.event === event);
}

async function heldFacts(count: number): Promise<void> {
  await expect.poll(() => platform.storedFacts().length, { timeout: DEADLINE_MS }).toBe(count);
}

/** The wall clock so far from the right one. */
function wrongBy(ms: number): TimeSources {
  return { ...SYSTEM_TIME, wall: () => Date.now() + ms };
}

describe('address and enrolment that do not go together', () => {
  test('a terminal that is not enrolled says so and sends no packet', async () => {
    const terminal = new TestTerminal();
    await expect(terminal.connect(platform.secureUrl)).rejects.toEqual(
      new LinkError('not-enrolled', null, null),
    );
    expect(platform.logged).toEqual([]);
  });

  test('an enrolled terminal tells nothing to an address without TLS', async () => {
    const { terminal } = await enrolledTerminal(platform);
    await expect(terminal.connect(platform.url)).rejects.toEqual(
      new LinkError('enrolled-without-tls', null, null),
    );
    expect(logged('terminal.connected')).toEqual([]);
  });

  test('a name that is enrolled is refused without TLS', async () => {
    await enrolledTerminal(platform);
    const bare = await BareTerminal.connect(platform.url);
    bare.hello(new Chain(TERMINAL));
    expect(await bare.closed).toBe(4003);
    expect(logged('terminal.connected')).toEqual([]);
  });

  test('a name that may enrol and has not yet is served without TLS', async () => {
    platform.stores.terminals.add('gate-2', false, Date.now());
    const bare = await BareTerminal.greet(platform.url, new Chain('gate-2'));
    expect(bare.welcome.upto).toBe(0);
  });
});

describe('the platform at the other end', () => {
  test('is told nothing when it is another one', async () => {
    const { terminal } = await enrolledTerminal(platform);
    const other = await TestPlatform.start();
    try {
      await expect(terminal.connect(other.secureUrl)).rejects.toMatchObject({
        reason: 'platform-changed',
      });
      expect(terminal.of('link.refused')).toMatchObject([{ detail: 'another-platform' }]);
      expect(other.logged).toEqual([]);
    } finally {
      await other.stop();
    }
  });

  test('is told nothing when its certificate is for another address', async () => {
    const { terminal } = await enrolledTerminal(platform);
    const url = platform.secureUrl.replace('127.0.0.1', '127.0.0.2');
    // Nobody listens there, so that the name alone differs: [::ffff:127.0.0.1] is the same socket.
    const mapped = platform.secureUrl.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    await expect(terminal.connect(url)).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(terminal.connect(mapped)).rejects.toMatchObject({
      reason: 'platform-certificate',
    });
    expect(platform.logged).toEqual([]);
  });

  test('is not believed when its certificate is out of time by a clock that is set', async () => {
    const terminal = new TestTerminal(tempFolder(), wrongBy(3 * 365 * DAY_MS));
    await enrolledTerminal(platform, Date.now(), terminal);
    await expect(terminal.connect(platform.secureUrl)).rejects.toMatchObject({
      reason: 'platform-certificate',
    });
    expect(terminal.of('link.refused')).toMatchObject([{ detail: 'outside-validity' }]);
  });
});

describe('a terminal whose clock is wrong', () => {
  test('hears the time when its link certificate is out of it, and is served at the next try', async () => {
    const terminal = new TestTerminal(tempFolder(), wrongBy(3 * HOUR_MS));
    await enrolledTerminal(platform, Date.now(), terminal);
    const connect = terminal.opener(platform.secureUrl);
    await expect(connect()).rejects.toMatchObject({ reason: 'turned-away' });
    expect(terminal.of('clock.corrected')).toMatchObject([{ quality: 'synced' }]);
    await connect();
    expect(Math.abs(terminal.clock.now() - Date.now())).toBeLessThan(5_000);
  });

  test('is served in 1970, and knows the time then', async () => {
    const terminal = new TestTerminal(tempFolder(), wrongBy(-Date.now()));
    await enrolledTerminal(platform, Date.now(), terminal);
    expect(terminal.clock.quality()).toBe('unset');
    const connect = terminal.opener(platform.secureUrl);
    await expect(connect()).rejects.toMatchObject({ reason: 'turned-away' });
    await connect();
    expect(terminal.clock.quality()).toBe('synced');
  });
});

describe('an enrolled terminal', () => {
  test('is served over TLS, websocket and objects', async () => {
    await platform.publish(tickets(3));
    const { terminal } = await enrolledTerminal(platform);
    expect(platformTrust(terminal.ledger)).toBe('enrolled');
    terminal.record(3);
    await terminal.connect(platform.secureUrl);
    await terminal.until('list.activated', { list: LIST });
    await heldFacts(3);
  });

  test('is cut off when it is revoked while it is connected, and turned away after', async () => {
    const { terminal } = await enrolledTerminal(platform);
    const connect = terminal.opener(platform.secureUrl);
    await connect();
    platform.stores.terminals.revoke(TERMINAL, Date.now());
    await terminal.until('lost', { reason: 'identity', code: 4003 });
    await expect(connect()).rejects.toMatchObject({ message: 'turned-away: revoked' });
    expect(logged('client.refused')[0]).toMatchObject({ why: 'revoked' });
  });

  test('is turned away once its name has enrolled elsewhere', async () => {
    const { terminal } = await enrolledTerminal(platform);
    await enrolledTerminal(platform);
    await expect(terminal.connect(platform.secureUrl)).rejects.toMatchObject({
      message: 'turned-away: replaced',
    });
  });

  test('whose certificate expired tells its facts, and gets no list', async () => {
    await platform.publish(tickets(3));
    const { terminal, identity } = await enrolledTerminal(platform, Date.now() - 91 * DAY_MS);
    // As long as the next one has not come, and so that it does not.
    identity.isRenewalDue = () => false;
    terminal.record(2);
    await terminal.connect(platform.secureUrl);
    await heldFacts(2);
    expect(logged('list.fetched')).toEqual([]);
    expect(terminal.of('list.activated')).toEqual([]);
  });
});

describe('renewal', () => {
  const LATE = 61 * DAY_MS;

  test('goes over the live link when two thirds of the life are over; the old key is forgotten', async () => {
    const { terminal, identity, keys } = await enrolledTerminal(platform, Date.now() - LATE);
    const [oldKey] = keys.labels;
    const old = identity.certificate;
    const connect = terminal.opener(platform.secureUrl);
    await connect();
    await terminal.until('identity.renewed');
    await terminal.until('lost', { reason: 'renewed' });
    expect(identity.certificate).toEqual(old);
    await connect();
    expect(identity.certificate).not.toEqual(old);
    expect(keys.labels).toHaveLength(1);
    expect(keys.labels).not.toContain(oldKey);
    const states = platform.stores.terminals.certificates(TERMINAL).map(({ state }) => state);
    expect(states).toEqual(['active', 'replaced']);
    expect(identity.isRenewalDue()).toBe(false);
  });

  test('of an expired certificate works, too', async () => {
    await platform.publish(tickets(3));
    const { terminal } = await enrolledTerminal(platform, Date.now() - 91 * DAY_MS);
    const connect = terminal.opener(platform.secureUrl);
    await connect();
    await terminal.until('lost', { reason: 'renewed' });
    await connect();
    await terminal.until('list.activated', { list: LIST });
  });

  test('leaves the old certificate good until the new one has connected', async () => {
    const { terminal, identity } = await enrolledTerminal(platform, Date.now() - LATE);
    const { stores } = platform;
    identity.isRenewalDue = () => false;
    const connect = terminal.opener(platform.secureUrl);
    await connect();
    const request = await identity.request();
    const issued = stores.terminals.renew(stores.keys, TERMINAL, request, Date.now());
    await connect();
    // What was lost on the way comes again for the same key.
    expect(stores.terminals.renew(stores.keys, TERMINAL, request, Date.now())).toEqual(issued);
  });

  test('falls back on the old certificate when the platform does not take the new one', async () => {
    const { terminal, identity } = await enrolledTerminal(platform, Date.now() - LATE);
    const { stores } = platform;
    identity.isRenewalDue = () => false;
    const connect = terminal.opener(platform.secureUrl);
    await connect();
    const old = identity.certificate;
    const request = await identity.request();
    const issued = stores.terminals.renew(stores.keys, TERMINAL, request, Date.now());
    await identity.take(issued ?? Buffer.alloc(0), stores.keys.caCertificate);
    // Another request came after it, and took its place.
    const later = await makeRequest(TERMINAL, signerOf(nextKey()));
    stores.terminals.renew(stores.keys, TERMINAL, later, Date.now());
    await expect(connect()).rejects.toMatchObject({ message: 'turned-away: replaced' });
    await connect();
    expect(identity.certificate).toEqual(old);
    expect(logged('terminal.connected')).toHaveLength(2);
  });

  test('with a request that is not in order ends the link', async () => {
    const { identity } = await enrolledTerminal(platform);
    const { stores } = platform;
    const request = await identity.request();
    for (const [name, der] of [
      ['gate-2', request],
      [TERMINAL, Buffer.from('3000', 'hex')],
      [TERMINAL, request.subarray(0, -1)],
    ] as const) {
      expect(stores.terminals.renew(stores.keys, name, der, Date.now())).toBeNull();
    }
  });
});
