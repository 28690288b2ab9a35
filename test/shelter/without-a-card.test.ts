/** Who comes without a card: a name and a number of people, sealed to the municipality, and a number that finds them again. */

import { expect, test } from 'vitest';
import { encodeReceipt } from '../../devices/receipt/escpos.ts';
import { ReceiptImages } from '../../devices/receipt/receipt-image.ts';
import { checkDigit } from '../../src/domain/check-digit.ts';
import type { Receipt } from '../../src/domain/receipt.ts';
import type { Screen } from '../../src/domain/screen.ts';
import { slipNumber, slipShown } from '../../src/domain/shelter-slip.ts';
import type { PlannedPaper } from '../../src/papers.ts';
import { type ShelterSlip, shelterBand, shelterSlip } from '../../src/shelter/shelter-slip.ts';
import { atTheShelter, households, type Shelter } from './at-the-shelter.ts';

function slipOf(mark: string): ShelterSlip {
  const planned = { paper: 'shelter-1-000001', reissue: 0 } as PlannedPaper;
  return {
    planned,
    mark,
    shelter: '汐見小学校 避難所',
    people: 3,
    at: Date.parse('2026-11-25T07:40:00Z'),
  };
}

function codeOf({ blocks }: Receipt): string {
  return blocks.flatMap((block) => (block.kind === 'qr' ? [block.data] : [])).join(' ');
}

const chosen = (shelter: Shelter, choice: string) => shelter.press({ key: 'choose', choice });

async function typeIn(shelter: Shelter, field: string, text: string): Promise<void> {
  await shelter.screen({ screen: 'shelter-typing', field } as Partial<Screen>);
  for (const character of text) shelter.press({ key: 'character', character });
  await shelter.screen({ screen: 'shelter-typing', field, typed: text } as Partial<Screen>);
  shelter.press({ key: 'enter' });
}

/** Writes somebody down from the waiting screen; returns the number of their slip. */
async function writeDown(shelter: Shelter, people: number, need?: string): Promise<string> {
  await shelter.waiting();
  chosen(shelter, 'without-card');
  await shelter.screen({ screen: 'shelter-no-card' });
  chosen(shelter, 'new');
  await typeIn(shelter, 'kana', 'もりかわはつ');
  await typeIn(shelter, 'year', '1941');
  await shelter.screen({ screen: 'shelter-people' });
  chosen(shelter, String(people));
  await shelter.screen({ screen: 'shelter-needs' });
  if (need !== undefined) chosen(shelter, need);
  shelter.press({ key: 'enter' });
  const shown = await shelter.screen({ screen: 'shelter-slip' });
  return shown.screen === 'shelter-slip' ? shown.slip : '';
}

test('what they say goes to the municipality alone; a number stands for them, and counts them all', () =>
  atTheShelter({ platform: 'stopped' }, async (shelter) => {
    const { facts, opened, journal, press, screen } = shelter;
    const number = await writeDown(shelter, 3, 'wheelchair');
    const [arrival, told] = facts().filter(({ event }) => event.startsWith('shelter.'));
    expect(arrival?.body).toMatchObject({ by: 'form', count: 3, flags: [] });
    expect(slipNumber(String(arrival?.body['mark']))).toBe(number);
    expect(opened(arrival)).toEqual({
      ...{ kana: 'もりかわはつ', year: '1941', people: 3, needs: ['wheelchair'] },
    });
    expect(told).toMatchObject({ event: 'shelter.needs-told', body: { needs: ['wheelchair'] } });
    expect(JSON.stringify(journal.all)).not.toMatch(/もりかわ|1941/u);
    press({ key: 'enter' });
    expect(await screen({ screen: 'shelter-family' })).toMatchObject({
      ...{ count: 3, people: [{ name: null, people: 3 }] },
    });
    // What was typed is shown to nobody who comes after.
    expect(JSON.stringify(shelter.source.current)).not.toContain('もりかわ');
  }));

test('the number opens their menu, and brings them back; another one is told to be none', () =>
  atTheShelter({ platform: 'stopped' }, async (shelter) => {
    const { press, screen, facts } = shelter;
    const number = await writeDown(shelter, 2);
    press({ key: 'enter' });
    await screen({ screen: 'shelter-family' });
    chosen(shelter, 'no-card');
    await screen({ screen: 'shelter-no-card' });
    chosen(shelter, 'number');
    const nobodys = number.startsWith('000000') ? '000001' : '000000';
    const wrong = nobodys + checkDigit(nobodys);
    await typeIn(shelter, 'number', wrong);
    await screen({
      screen: 'shelter-typing',
      field: 'number',
      problem: 'no-slip',
    } as Partial<Screen>);
    await typeIn(shelter, 'number', number);
    await screen({ screen: 'shelter-menu', name: null } as Partial<Screen>);
    chosen(shelter, 'out');
    await screen({ screen: 'shelter-done', what: 'out' } as Partial<Screen>);
    // What is known of a number outlives a start.
    await shelter.stop();
    await shelter.start();
    await shelter.waiting({ people: 0 } as Partial<Screen>);
    chosen(shelter, 'without-card');
    await screen({ screen: 'shelter-no-card' });
    chosen(shelter, 'number');
    await typeIn(shelter, 'number', number);
    expect(await screen({ screen: 'shelter-family' })).toMatchObject({
      ...{ count: 2, people: [{ how: 'back', people: 2 }] },
    });
    const events = facts().map(({ event, subject }) => [event, subject === facts()[0]?.subject]);
    expect(events.filter(([event]) => String(event).startsWith('shelter.'))).toEqual([
      ['shelter.arrived', expect.any(Boolean)],
      ['shelter.went-out', expect.any(Boolean)],
      ['shelter.came-back', expect.any(Boolean)],
    ]);
  }));

test('a digit that is wrong, two that are swapped or one that lacks find nobody, and are said', () =>
  atTheShelter({ platform: 'stopped' }, async (shelter) => {
    const { press, screen } = shelter;
    const number = await writeDown(shelter, 1);
    press({ key: 'enter' });
    await screen({ screen: 'shelter-family' });
    chosen(shelter, 'no-card');
    await screen({ screen: 'shelter-no-card' });
    chosen(shelter, 'number');
    const last = Number(number.slice(-1));
    const swapped = [...number].findIndex((digit, at) => digit !== number[at + 1]);
    const wrong = [
      number.slice(0, -1) + ((last + 1) % 10),
      number.slice(0, swapped) + number[swapped + 1] + number[swapped] + number.slice(swapped + 2),
    ];
    const problem = (says: string) =>
      screen({ screen: 'shelter-typing', problem: says } as Partial<Screen>);
    await typeIn(shelter, 'number', number.slice(0, -1));
    await problem('too-short');
    for (let digits = number.length - 1; digits > 0; digits -= 1) press({ key: 'erase' });
    // What was wrong stays until a digit begins the number anew, as a scanner's does.
    for (const typed of wrong) {
      await typeIn(shelter, 'number', typed);
      await problem('wrong-digit');
    }
    await typeIn(shelter, 'number', number);
    await screen({ screen: 'shelter-menu', name: null } as Partial<Screen>);
  }));

test('a scanner that types the code of the slip, all at once, opens their menu', () =>
  atTheShelter({ platform: 'stopped' }, async (shelter) => {
    const { press, screen, facts, source } = shelter;
    await writeDown(shelter, 1);
    press({ key: 'enter' });
    await screen({ screen: 'shelter-family' });
    chosen(shelter, 'no-card');
    await screen({ screen: 'shelter-no-card' });
    chosen(shelter, 'number');
    const { number } = await screen({ screen: 'shelter-typing', typed: '' } as Partial<Screen>);
    const arrival = facts().find(({ event }) => event === 'shelter.arrived');
    const code = codeOf(shelterSlip(slipOf(String(arrival?.body['mark']))));
    // Nobody waits for the screen between two characters: all of them are of the same one.
    for (const character of code)
      expect(source.press(number, { key: 'character', character })).toBe('taken');
    expect(source.press(number, { key: 'enter' })).toBe('taken');
    await screen({ screen: 'shelter-menu', name: null } as Partial<Screen>);
  }));

test('a band for a narrow roll has the same number and code as the slip, and is shorter', () => {
  const slip = slipOf('5c'.repeat(16));
  const band = shelterBand(slip);
  const number = slipNumber(slip.mark);
  expect(codeOf(band)).toBe(number);
  expect(codeOf(shelterSlip(slip))).toBe(number);
  expect(JSON.stringify(band)).toContain(slipShown(number));
  // By its mark somebody could be found among the facts.
  expect(JSON.stringify([band, shelterSlip(slip)])).not.toContain(slip.mark);
  const bytesOf = (receipt: Receipt) =>
    encodeReceipt(receipt, 58, new ReceiptImages([])).bytes.length;
  expect(bytesOf(band)).toBeLessThan(bytesOf(shelterSlip(slip)));
});

test('with a printer the number comes out on paper, and no name does', () =>
  atTheShelter(
    { platform: 'stopped', tables: '[receipt]\ndriver = "simulated"\n' },
    async (shelter) => {
      const number = await writeDown(shelter, 1);
      expect(await shelter.screen({ screen: 'shelter-slip' })).toMatchObject({ paper: true });
      await shelter.journal.next({ event: 'print.done' });
      const [paper] = await shelter.papers();
      const text = paper?.text.join('\n') ?? '';
      expect(text).toContain(slipShown(number));
      expect(text).not.toContain('もりかわ');
    },
  ));

test('somebody with a card joins those without, and a card held over a form is served', () =>
  atTheShelter({ tickets: households }, async (shelter) => {
    const { arrive, ticket, screen, facts, press } = shelter;
    await writeDown(shelter, 1);
    await arrive(ticket('ken').card.card);
    await screen({ screen: 'shelter-family', count: 2 } as Partial<Screen>);
    const groups = facts().flatMap(({ body }) =>
      body['group'] === undefined ? [] : [body['group']],
    );
    expect(new Set(groups).size).toBe(1);
    chosen(shelter, 'no-card');
    await screen({ screen: 'shelter-no-card' });
    chosen(shelter, 'new');
    await screen({ screen: 'shelter-typing' });
    press({ key: 'character', character: 'は' });
    await arrive(ticket('yumi').card.card);
    await screen({ screen: 'shelter-family', count: 3 } as Partial<Screen>);
  }));
