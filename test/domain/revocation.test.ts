import { expect, test } from 'vitest';
import type { CertificateVerdict, RevocationCheck } from '../../src/domain/certificate-verdict.ts';
import { adviceOf, meetsDemand, REVOCATION_DEMANDS } from '../../src/domain/revocation.ts';

const CHECKS: readonly RevocationCheck[] = ['ocsp', 'checked', 'stale', 'none'];

test('a service is content with what it demands and with more', () => {
  const met = REVOCATION_DEMANDS.map((demand) =>
    CHECKS.filter((check) => meetsDemand(check, demand)),
  );
  expect(met).toEqual([['ocsp', 'checked'], ['ocsp', 'checked', 'stale'], CHECKS]);
});

test.each([
  ['superseded', 'renew'],
  ['affiliationChanged', 'renew'],
  ['certificateHold', 'on-hold'],
  ['cessationOfOperation', null],
  ['unspecified', null],
  ['keyCompromise', null],
  ['privilegeWithdrawn', null],
  ['toString', null],
])('whose certificate was revoked for %s reads the words for %s', (revokedFor, advice) => {
  const detail = 'on the revocation list of its issuer';
  expect(adviceOf({ valid: false, reason: 'certificate-revoked', detail, revokedFor })).toBe(
    advice,
  );
});

test('nobody else gets advice', () => {
  const others: (CertificateVerdict | null)[] = [
    null,
    { valid: true, revocation: 'checked' },
    { valid: false, reason: 'certificate-expired', detail: '' },
  ];
  expect(others.map(adviceOf)).toEqual([null, null, null]);
});
