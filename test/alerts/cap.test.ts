/** CAP documents, good and bad: what is taken, and why something is not. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeCap } from '../../platform-sim/alerts/cap-writer.ts';
import { draftAlert } from '../../platform-sim/alerts/drafting.ts';
import { shippedPlan } from '../../platform-sim/alerts/plans.ts';
import { SHIOMI_PLAN } from '../../platform-sim/evacuation/shiomi.ts';
import { AlertError } from '../../src/alerts/alert-error.ts';
import { readMessage } from '../../src/alerts/message.ts';
import { ALERT_BYTES_MAX } from '../../src/link/alert-protocol.ts';
import { CITY, draft, messageOf, next, part } from './drafts.ts';

const GOOD = writeCap(draft()).toString('utf8');

/** Why it is none. */
function faultOf(document: string | Uint8Array): string {
  try {
    readMessage(typeof document === 'string' ? Buffer.from(document, 'utf8') : document);
  } catch (error) {
    if (error instanceof AlertError) return error.fault;
    throw error;
  }
  return 'taken';
}

function replaced(from: string | RegExp, to: string): string {
  const changed = GOOD.replace(from, to);
  expect(changed).not.toBe(GOOD);
  return changed;
}

test('what the desk writes is read as it was meant, in each language', () => {
  const said = draft();
  expect(messageOf(said)).toMatchObject({
    id: 'alert-1',
    municipality: { code: CITY, name: '汐見市' },
    sentAt: new Date(said.sent).toISOString(),
    expiresAt: new Date(said.expires).toISOString(),
    is: 'alert',
    drill: false,
    references: [],
    parts: [{ districts: ['kawara'], level: 4, what: part().what, shelters: part().shelters }],
  });
});

test('a plan of five districts comes through whole, with its maps', () => {
  const districts = SHIOMI_PLAN.districts.map(({ district }) => district.id);
  const order = { do: 'alert', municipality: CITY, drill: true, level: 4, districts } as const;
  const document = writeCap(
    draftAlert({ ...order, minutes: 60 }, { planOf: shippedPlan }, Date.now()),
  );
  const { parts, drill } = readMessage(document);
  expect(drill).toBe(true);
  expect(parts.map((each) => each.map)).toEqual(SHIOMI_PLAN.districts.map(({ map }) => map));
  expect(parts.map(({ shelters }) => shelters.length)).toEqual([1, 2, 2, 2, 2]);
  expect(document.length).toBeLessThan(49_152);
});

test('an end says what it ends, and a cancellation need say no more', () => {
  const first = draft();
  const clear = messageOf(next(first, { is: 'all-clear' }));
  expect(clear).toMatchObject({ is: 'all-clear', references: ['alert-1'] });
  const cancel = messageOf(next(first, { is: 'cancel', parts: [] }));
  expect(cancel).toMatchObject({ is: 'cancel', parts: [] });
});

describe('a document is refused', () => {
  const entity = '<!DOCTYPE alert [<!ENTITY who "x">]>';
  const laughs = `<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(1_000)}">]>`;
  test.each<[string, string, string]>([
    ['without an element', 'not-xml', ''],
    ['that is no XML', 'not-xml', '{"alert":1}'],
    ['that ends in the middle', 'not-xml', GOOD.slice(0, 900)],
    ['with two roots', 'not-xml', `${GOOD}<alert/>`],
    ['in another encoding', 'not-xml', replaced('UTF-8', 'Shift_JIS')],
    ['with an entity of its own', 'not-xml', replaced('Public', '&who;')],
    ['with a document type', 'external', replaced('<alert', `${entity}<alert`)],
    ['that would laugh a billion times', 'external', replaced('<alert', `${laughs}<alert`)],
    [
      'with an external document type',
      'external',
      replaced('<alert', '<!DOCTYPE alert SYSTEM "http://x/"><alert'),
    ],
    ['with a style sheet', 'external', replaced('<alert', '<?xml-stylesheet href="x"?><alert')],
    [
      'with the place of a schema',
      'external',
      replaced('xmlns=', 'xmlns:x="urn:x" x:schemaLocation="a b" xmlns='),
    ],
    ['of CAP 1.1', 'not-cap-1.2', replaced('cap:1.2', 'cap:1.1')],
    ['of another language', 'not-cap-1.2', '<html/>'],
    [
      'of another element',
      'not-cap-1.2',
      GOOD.replaceAll('alert>', 'alerte>').replace('<alert ', '<alerte '),
    ],
    [
      'with an element of another language',
      'not-cap-1.2',
      replaced('<status>', '<x xmlns="urn:x"/><status>'),
    ],
    ['with an element that CAP has not', 'malformed', replaced('<status>', '<state/><status>')],
    ['with one element twice', 'malformed', replaced('<scope>', '<scope>Public</scope><scope>')],
    ['without a sender', 'malformed', replaced(/<sender>.*<\/sender>/u, '')],
    ['of nobody’s', 'malformed', replaced('city-990029', 'someone')],
    ['with a time in UTC by its letter', 'malformed', replaced(/\+09:00<\/sent>/u, 'Z</sent>')],
    ['with a day that is not', 'malformed', replaced(/<sent>\d{4}-\d\d-\d\d/u, '<sent>2026-13-41')],
    ['that is not public', 'malformed', replaced('Public', 'Private')],
    ['with words beside elements', 'malformed', replaced('<status>', 'now!<status>')],
    ['without a description', 'malformed', replaced(/<description>.*<\/description>/u, '')],
    [
      'with a description without end',
      'malformed',
      replaced(/<description>.*<\/description>/u, `<description>${'あ'.repeat(301)}</description>`),
    ],
    ['without an end', 'malformed', replaced(/<expires>.*<\/expires>/u, '')],
    ['for no district', 'malformed', GOOD.replaceAll('urn:kazasu:district', 'urn:other')],
    ['with a shelter that is no JSON', 'malformed', replaced('{"id":"shiomi', '{id:"shiomi')],
    [
      'that changes nothing it names',
      'malformed',
      replaced(
        '<info>',
        '<references>city-990029.lg.example,a,2026-01-01T00:00:00+09:00</references><info>',
      ),
    ],
    ['of level 6', 'unknown-level', GOOD.replaceAll('<value>4<', '<value>6<')],
    ['without a level', 'unknown-level', GOOD.replaceAll('urn:kazasu:level', 'urn:other')],
    ['without Japanese', 'no-japanese', replaced('<language>ja<', '<language>fr<')],
    ['that is a test', 'not-for-people', replaced('Actual', 'Test')],
    ['for machines', 'not-for-people', replaced('Actual', 'System')],
    ['that is an answer', 'not-for-people', replaced('>Alert<', '>Ack<')],
  ])('%s: %s', (_what, fault, document) => {
    expect(faultOf(document)).toBe(fault);
  });

  test('when it is larger than an alert may be, before anything is read', () => {
    const large = Buffer.alloc(5_000_000, ' ');
    expect(faultOf(large)).toBe('too-large');
    expect(faultOf(large.subarray(0, ALERT_BYTES_MAX + 1))).toBe('too-large');
  });

  test('when it is deep, or of many elements', () => {
    expect(faultOf(replaced('<info>', '<info>'.repeat(20_000)))).toBe('too-large');
    expect(faultOf(replaced('<scope>', `${'<code>x</code>'.repeat(5_000)}<scope>`))).toBe(
      'too-large',
    );
  });

  test('when it is not UTF-8', () => {
    expect(faultOf(Buffer.concat([Buffer.from(GOOD), Buffer.from([0xff])]))).toBe('not-xml');
  });

  test('when it was sent no later than what it changes', () => {
    const first = draft();
    expect(faultOf(writeCap(next(first, { sent: first.sent })))).toBe('replayed');
  });

  test('when it changes what another municipality said', () => {
    const xml = writeCap(next(draft())).toString('utf8');
    const foreign = xml.replace('<references>city-990029', '<references>city-990037');
    expect(faultOf(foreign)).toBe('foreign');
  });

  test('when it would count for more than a week', () => {
    const sent = draft().sent;
    expect(faultOf(writeCap(draft({ expires: sent + 7 * 86_400_000 })))).toBe('taken');
    expect(faultOf(writeCap(draft({ expires: sent + 7 * 86_400_000 + 1_000 })))).toBe('malformed');
    expect(faultOf(writeCap(draft({ expires: sent })))).toBe('malformed');
  });

  test('when its map is somewhere else, or none', () => {
    const map = (json: string) =>
      writeCap(draft({ parts: [part({ map: json })] })).toString('utf8');
    const elsewhere = map('{}').replace(/<derefUri>.*<\/derefUri>/u, '<uri>http://example/</uri>');
    expect(faultOf(elsewhere)).toBe('external');
    expect(faultOf(map('no JSON'))).toBe('malformed');
    expect(faultOf(map('{"type":"FeatureCollection","bbox":[1,1,1,1],"features":[]}'))).toBe(
      'malformed',
    );
    const bomb = JSON.stringify({ x: 'x'.repeat(70_000) });
    expect(faultOf(map(bomb))).toBe('too-large');
  });
});

test('a language that is missing gets the Japanese words', () => {
  const only = GOOD.replace('<language>en<', '<language>ko<');
  const [said] = readMessage(Buffer.from(only)).parts;
  expect(said?.what.en).toBe(part().what.ja);
  expect(said?.shelters[0]?.name.en).toBe('汐見小学校');
});

test('whatever is changed in a document, it is taken whole or refused with a reason', () => {
  const bytes = Buffer.from(GOOD);
  const cut = fc.record({
    at: fc.nat(bytes.length - 1),
    length: fc.nat(40),
    by: fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('<', '&', ']]>', '<!--', '<![CDATA[', '\0', '<info>', '</info>'),
    ),
  });
  fc.assert(
    fc.property(fc.array(cut, { minLength: 1, maxLength: 4 }), (cuts) => {
      const changed = cuts.reduce(
        (before, { at, length, by }) =>
          Buffer.concat([before.subarray(0, at), Buffer.from(by), before.subarray(at + length)]),
        bytes,
      );
      // Throws whatever is no AlertError.
      expect(faultOf(changed)).toBeTypeOf('string');
    }),
    { numRuns: 300 },
  );
});

test('any bytes at all are refused with a reason', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => faultOf(bytes) !== 'taken'),
    { numRuns: 200 },
  );
});
