/** The PIN: where it is while it is typed, how it is kept, and how often it may be tried. */

import { PassThrough } from 'node:stream';
import type { ReadStream } from 'node:tty';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PinVault } from '../../src/pin-vault.ts';
import { PinEntryError, readNewPin } from '../../src/staff/ask-pin.ts';
import { hashPin, isPinLine, readPinCredential, verifyPin } from '../../src/staff/pin.ts';
import { PinLock } from '../../src/staff/pin-lock.ts';
import { DiskFullError } from '../../src/store/ledger.ts';
import { openLedger, tempFolder } from '../store/fixtures.ts';
import { linePin, PIN } from './staff-rig.ts';

const read = (vault: PinVault) => vault.take(async (pin) => pin.toString());

function typed(text: string): PinVault {
  const vault = new PinVault();
  for (const character of text) vault.add(character);
  return vault;
}

describe('the vault', () => {
  test('takes up to twelve digits and nothing else, and gives the last one back', async () => {
    const vault = typed('12');
    for (const none of ['', 'a', '①', '34', ' ', '\0', '\u{1f600}'])
      expect(vault.add(none)).toBe(false);
    vault.erase();
    vault.add('9');
    expect(await read(vault)).toBe('19');
    expect(await read(typed('1234567890123'))).toBe('123456789012');
    expect(await read(typed('１２3４'))).toBe('1234');
  });

  test('erasing what is not there does nothing', () => {
    const vault = new PinVault();
    vault.erase();
    expect(vault.length).toBe(0);
  });

  test('is empty once it was taken, and what was handed out is overwritten, also after an error', async () => {
    const vault = typed('1234');
    let kept: Buffer = Buffer.alloc(0);
    const use = async (pin: Buffer): Promise<never> => {
      kept = pin;
      expect(pin.toString()).toBe('1234');
      throw new Error('seeded');
    };
    await expect(vault.take(use)).rejects.toThrow('seeded');
    expect(kept).toEqual(Buffer.alloc(4));
    expect(vault.length).toBe(0);
    expect(vault.equals(new PinVault())).toBe(true);
  });
});

describe('the kept line', () => {
  test('knows its PIN, and no other one', async () => {
    const line = await linePin();
    expect(isPinLine(line)).toBe(true);
    expect(await verifyPin(line, Buffer.from(PIN))).toBe(true);
    for (const other of ['', '0', PIN.slice(1), `${PIN}0`, PIN.toLowerCase().replace('8', '9')]) {
      expect(await verifyPin(line, Buffer.from(other))).toBe(false);
    }
  });

  test('does not say which PIN it is of: the same PIN has another line each time', async () => {
    expect(await hashPin(Buffer.from(PIN))).not.toBe(await linePin());
  });

  const salt = 'A'.repeat(22);
  const hash = 'A'.repeat(43);
  test.each([
    ['nothing', ''],
    ['a PIN in clear', '1234'],
    ['no power of two', `scrypt$1000$8$1$${salt}$${hash}`],
    ['a cost of one', `scrypt$1$8$1$${salt}$${hash}`],
    ['more memory than a gate has', `scrypt$1048576$8$1$${salt}$${hash}`],
    ['more time than a person has', `scrypt$32768$8$9$${salt}$${hash}`],
    ['another function', `bcrypt$32768$8$1$${salt}$${hash}`],
    ['a short salt', `scrypt$32768$8$1$AAAA$${hash}`],
    ['a short hash', `scrypt$32768$8$1$${salt}$AAAA`],
    ['more behind it', `scrypt$32768$8$1$${salt}$${hash}$x`],
    ['a second line', `scrypt$32768$8$1$${salt}$${hash}\n`],
  ])('%s is not one', async (_, line) => {
    expect(isPinLine(line)).toBe(false);
    await expect(verifyPin(line, Buffer.from('1234'))).rejects.toThrow();
  });

  test('a credential that is not there is none, one that is a folder is no line', () => {
    const folder = tempFolder();
    expect(readPinCredential(folder)).toBeNull();
    expect(readPinCredential('/proc/self/fd/0/nowhere')).toMatchObject({ line: '' });
  });
});

const wrong = async () => false;
const right = async () => true;

describe('wrong tries', () => {
  test('four are free, then every one is followed by a wait that doubles up to a quarter of an hour', async () => {
    let mono = 5_000;
    const lock = new PinLock(openLedger(tempFolder()), () => mono);
    const waits: number[] = [];
    for (let tries = 1; tries <= 12; tries += 1) {
      expect(await lock.attempt(wrong)).toMatchObject({ tries });
      waits.push(lock.waitSeconds());
      mono += lock.waitSeconds() * 1_000;
    }
    expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
  });

  test('during a wait nothing is looked at, and to the millisecond', async () => {
    let mono = 0;
    const lock = new PinLock(openLedger(tempFolder()), () => mono);
    for (let tries = 1; tries <= 5; tries += 1) await lock.attempt(wrong);
    mono = 29_999;
    const never = () => Promise.reject(new Error('it was looked at'));
    expect(await lock.attempt(never)).toEqual({ pin: 'locked', waitSeconds: 1, tries: null });
    mono = 30_000;
    expect(await lock.attempt(right)).toEqual({ pin: 'right' });
    expect(lock.waitSeconds()).toBe(0);
    expect(await lock.attempt(wrong)).toEqual({ pin: 'wrong', tries: 1 });
  });

  test('a power cut resets neither the count nor the wait', async () => {
    const folder = tempFolder();
    const lock = new PinLock(openLedger(folder), () => 1_000_000);
    for (let tries = 1; tries <= 4; tries += 1) await lock.attempt(wrong);
    let mono = 0;
    const started = new PinLock(openLedger(folder), () => mono);
    expect(await started.attempt(wrong)).toEqual({ pin: 'locked', waitSeconds: 30, tries: 5 });
    const again = new PinLock(openLedger(folder), () => mono);
    expect(again.waitSeconds()).toBe(30);
    mono = 30_000;
    expect(await again.attempt(wrong)).toEqual({ pin: 'locked', waitSeconds: 60, tries: 6 });
  });

  test('a try that a power cut interrupts has been counted', async () => {
    const folder = tempFolder();
    const lock = new PinLock(openLedger(folder), () => 0);
    for (let tries = 1; tries <= 4; tries += 1) await lock.attempt(wrong);
    void lock.attempt(() => new Promise(() => {}));
    expect(new PinLock(openLedger(folder), () => 0).waitSeconds()).toBe(30);
  });

  test('setting the clock, back or forward, ends no wait', async () => {
    const lock = new PinLock(openLedger(tempFolder()), () => performance.now());
    for (let tries = 1; tries <= 5; tries += 1) await lock.attempt(wrong);
    const { now } = Date;
    try {
      for (const at of [0, 4e12]) {
        Date.now = () => at;
        expect(lock.waitSeconds()).toBeGreaterThan(25);
      }
    } finally {
      Date.now = now;
    }
  });

  test('two at the same time are two tries', async () => {
    const lock = new PinLock(openLedger(tempFolder()), () => 0);
    const both = await Promise.all([lock.attempt(wrong), lock.attempt(wrong)]);
    expect(both).toMatchObject([{ tries: 1 }, { tries: 2 }]);
  });

  test.each([
    ['on a full disk', new DiskFullError('seeded')],
    ['with a locked ledger', Object.assign(new Error('seeded'), { code: 'SQLITE_BUSY' })],
  ])('%s they are still counted while the daemon runs', async (_, error) => {
    const full = {
      get: () => null,
      set: () => {
        throw error;
      },
    };
    const lock = new PinLock(full, () => 0);
    for (let tries = 1; tries <= 5; tries += 1) await lock.attempt(wrong);
    expect(lock.waitSeconds()).toBe(30);
  });

  test.each(['', 'many', '-3', '1.5', 'NaN', '1e99'])(
    'a kept count of %j locks at the most',
    (kept) => {
      const lock = new PinLock({ get: () => kept, set: () => {} }, () => 0);
      expect([0, 30, 900]).toContain(lock.waitSeconds());
    },
  );
});

describe('a new PIN', () => {
  /** What a person types at a terminal, or a script pipes in. */
  function keyboard(bytes: string, isTTY: boolean): { input: ReadStream; raw: boolean[] } {
    const raw: boolean[] = [];
    const stream = Object.assign(new PassThrough(), {
      isTTY,
      setRawMode: (mode: boolean) => raw.push(mode),
    });
    stream.end(bytes);
    return { input: stream as unknown as ReadStream, raw };
  }
  const silent = () => {};

  test('is asked for twice at a terminal, which does not echo meanwhile, and after which it does', async () => {
    const { input, raw } = keyboard('1234\r1234\r', true);
    const prompts: string[] = [];
    expect(await read(await readNewPin(input, (text) => prompts.push(text)))).toBe('1234');
    expect(raw).toEqual([true, false]);
    expect(prompts.join('')).not.toMatch(/\d/u);
  });

  test('can be mended with backspace', async () => {
    const { input } = keyboard('12\x7f\x083456\r3456\r', true);
    expect(await read(await readNewPin(input, silent))).toBe('3456');
  });

  test.each([
    ['two that differ', '1234\r1235\r'],
    ['letters', '12ab\r12ab\r'],
    ['too few digits', '123\r123\r'],
    ['too many digits', '1234567890123\r1234567890123\r'],
    ['nothing', ''],
    ['ctrl-C', '12\x03'],
    ['a file that is something else', 'x'.repeat(5_000)],
  ])('%s: refused in words, and the terminal echoes again', async (_, bytes) => {
    const { input, raw } = keyboard(bytes, true);
    await expect(readNewPin(input, silent)).rejects.toThrow(PinEntryError);
    expect(raw.at(-1)).toBe(false);
  });

  test('from a pipe is read once, with or without the end of the line', async () => {
    for (const bytes of ['4711', '4711\n', '4711\r\n']) {
      expect(await read(await readNewPin(keyboard(bytes, false).input, silent))).toBe('4711');
    }
  });

  test('whatever is piped in, a PIN of digits comes out or an error in words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (bytes) => {
        const outcome = await readNewPin(keyboard(bytes, false).input, silent).then(read, String);
        expect(outcome).toMatch(/^(\d{4,12}|Error: .+)$/u);
      }),
      { numRuns: 200 },
    );
  });
});
