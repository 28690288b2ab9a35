import { expect, test } from 'vitest';
import { readInstitutionCertificate } from '../../src/domain/institution-certificate.ts';
import { institutionKeyOf } from '../../src/pki/institution-certificate.ts';
import { testAuthority, testInstitution } from '../devices/institution-fixture.ts';

const INSTITUTION = testInstitution(testAuthority());
const WHOLE = Buffer.concat([INSTITUTION.certificate, INSTITUTION.signature]);

const changed = (at: number) => {
  const copy = Buffer.from(WHOLE);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

test('the certificate of an institution says who it is and what its key is', () => {
  const read = readInstitutionCertificate(WHOLE);
  if (read === null) throw new Error('it was not read');
  expect(Buffer.from(read.id)).toEqual(INSTITUTION.id);
  expect(institutionKeyOf(read).equals(INSTITUTION.keys.publicKey)).toBe(true);
  expect(Buffer.from(read.certificate)).toEqual(INSTITUTION.certificate);
  expect(Buffer.from(read.signature)).toEqual(INSTITUTION.signature);
});

test.each([
  ['nothing', Buffer.alloc(0)],
  ['the first object alone', INSTITUTION.certificate],
  [
    'the objects in the other order',
    Buffer.concat([INSTITUTION.signature, INSTITUTION.certificate]),
  ],
  ['a byte less', WHOLE.subarray(0, -1)],
  ['a byte more', Buffer.concat([WHOLE, Buffer.of(0)])],
  ['another tag', changed(1)],
  ['another length', changed(4)],
  ['a key of other form', changed(38)],
  ['an exponent of other form', changed(302)],
  ['another tag of the signature', changed(308)],
])('%s is none', (_what, bytes) => {
  expect(readInstitutionCertificate(bytes)).toBeNull();
});
