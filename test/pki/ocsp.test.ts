import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OcspResponseSpec, readOcspRequest, writeOcspError } from '../../platform-sim/ocsp.ts';
import type { RevocationReason } from '../../platform-sim/x509.ts';
import type { CertificateVerdict } from '../../src/domain/certificate-verdict.ts';
import { withOnlineAnswer } from '../../src/domain/online-revocation.ts';
import { judgeOcsp } from '../../src/pki/ocsp.ts';
import { at, authority, elder, foreign, issue, load, NOW } from './cards.ts';
import { answerTo, FORGERIES, HONEST, questionAbout, REVOKED_RESPONDER } from './ocsp-cases.ts';
import { REVOKED_FOR } from './revoked-for.ts';

const card = await issue();
const store = await load([authority.crl({ revoked: [REVOKED_RESPONDER] })]);
const question = questionAbout(card.der, store);

function revocation(reason: RevocationReason) {
  return [{ serial: card.serial, at: at(-1), reason }];
}

describe('a question to the responder', () => {
  it.each([
    ['sha1', '1.3.14.3.2.26', 20],
    ['sha256', '2.16.840.1.101.3.4.2.1', 32],
  ] as const)('names the card by %s, and has 32 fresh octets', (hash, oid, octets) => {
    const asked = questionAbout(card.der, store, hash);
    const { ids, nonce } = readOcspRequest(asked.request);
    expect(ids).toHaveLength(1);
    expect(ids[0]).toMatchObject({ hash: oid, serial: card.serial });
    expect(ids[0]?.issuerKeyHash).toHaveLength(octets);
    expect(nonce).toEqual(asked.nonce);
    expect(nonce).toHaveLength(32);
    expect(questionAbout(card.der, store).nonce).not.toEqual(question.nonce);
    expect(judgeOcsp(answerTo(asked), asked, NOW)).toEqual({ status: 'good' });
  });

  it('writes a serial number with its sign octet, as the certificate does', async () => {
    const serial = Buffer.from('00c0ffee', 'hex');
    const high = await issue({ serial });
    const asked = questionAbout(high.der, store);
    expect(readOcspRequest(asked.request).ids[0]?.serial).toEqual(serial);
    const revoked = [{ serial, at: at(-1), reason: 'superseded' as const }];
    expect(judgeOcsp(answerTo(asked, revoked), asked, NOW)).toMatchObject({ status: 'revoked' });
  });

  it('is not asked about cards that no pinned authority issued, or bytes that are none', async () => {
    const stranger = await issue({}, foreign);
    expect(store.ocspSubject(stranger.der, NOW)).toBeNull();
    expect(store.ocspSubject(randomBytes(300), NOW)).toBeNull();
    expect((await load([], [elder])).ocspSubject(card.der, NOW)).toBeNull();
  });
});

describe('the answer of a responder', () => {
  it.each(Object.keys(HONEST))('is believed: %s', (name) => {
    const forge = HONEST[name] ?? null;
    expect(judgeOcsp(answerTo(question, [], forge), question, NOW)).toEqual({ status: 'good' });
    expect(judgeOcsp(answerTo(question, revocation('superseded'), forge), question, NOW)).toEqual({
      status: 'revoked',
      revokedFor: 'superseded',
    });
  });

  it.each(Object.keys(FORGERIES))('is not believed: %s', (name) => {
    const [fault, forge] = FORGERIES[name] ?? [];
    const answer = answerTo(question, [], forge);
    expect(judgeOcsp(answer, question, NOW)).toMatchObject({ status: 'none', fault });
  });

  it.each(REVOKED_FOR)('tells why a card was revoked: %s', (reason) => {
    const answer = answerTo(question, revocation(reason));
    expect(judgeOcsp(answer, question, NOW)).toEqual({ status: 'revoked', revokedFor: reason });
  });

  it('never takes a card off a list: removeFromCRL is for delta lists', () => {
    const answer = answerTo(question, revocation('removeFromCRL'));
    expect(judgeOcsp(answer, question, NOW)).toMatchObject({ fault: 'malformed' });
  });

  it('may be that it does not know the card, which is not "good"', () => {
    const unknown = (said: OcspResponseSpec) => ({
      ...said,
      answers: said.answers.map((answer) => ({ ...answer, status: 'unknown' as const })),
    });
    expect(judgeOcsp(answerTo(question, [], unknown), question, NOW)).toEqual({
      status: 'unknown',
    });
  });

  it('is worth nothing for another question about the same card', () => {
    const answer = answerTo(question);
    const again = questionAbout(card.der, store);
    expect(judgeOcsp(answer, again, NOW)).toMatchObject({ fault: 'bad-nonce' });
  });

  it('is worth nothing for the card of another, under the same nonce', async () => {
    const other = await issue();
    const asked = questionAbout(other.der, store, 'sha1', question.nonce);
    expect(judgeOcsp(answerTo(question), asked, NOW)).toMatchObject({
      fault: 'not-the-certificate',
    });
  });

  it('counts to the last second of skew and age, and no longer', () => {
    const answer = answerTo(question);
    const { status } = judgeOcsp(answer, question, Math.trunc(NOW / 1000) * 1000 - 300_000);
    expect(status).toBe('good');
    expect(judgeOcsp(answer, question, NOW - 301_000)).toMatchObject({ fault: 'future' });
    // nextUpdate of the responder: a quarter of an hour on.
    expect(judgeOcsp(answer, question, NOW + 1_199_000)).toEqual({ status: 'good' });
    expect(judgeOcsp(answer, question, NOW + 1_201_000)).toMatchObject({ fault: 'stale' });
  });

  it.each(['malformedRequest', 'internalError', 'tryLater', 'unauthorized'] as const)(
    'may be a refusal, by its name: %s',
    (error) => {
      expect(judgeOcsp(writeOcspError(error), question, NOW)).toEqual({
        status: 'none',
        fault: 'refused',
        detail: error,
      });
    },
  );

  it('is refused with any octet changed or cut off, without an exception', () => {
    const genuine = answerTo(question);
    fc.assert(
      fc.property(fc.nat(genuine.length - 1), fc.integer({ min: 1, max: 255 }), (index, bits) => {
        const changed = Buffer.from(genuine);
        changed[index] = (changed[index] ?? 0) ^ bits;
        const answer = judgeOcsp(changed, question, NOW);
        const cut = judgeOcsp(genuine.subarray(0, index), question, NOW);
        return answer.status === 'none' && cut.status === 'none';
      }),
      { numRuns: 400, seed: 6960 },
    );
  });

  it('names no serial number and no reason in what it says of a fault', () => {
    for (const [, forge] of Object.values(FORGERIES)) {
      const said = judgeOcsp(answerTo(question, revocation('keyCompromise'), forge), question, NOW);
      const text = JSON.stringify(said.status === 'none' ? said : {});
      expect(text).not.toContain(card.serial.toString('hex'));
      expect(text).not.toContain('keyCompromise');
    }
  });
});

describe('an authority of an elder generation', () => {
  it('answers for its own cards, of the same name and serial number, and for no others', async () => {
    const both = await load([], [authority, elder]);
    const old = await issue({ serial: card.serial }, elder);
    const [about, aboutOld] = [questionAbout(card.der, both), questionAbout(old.der, both)];
    expect(judgeOcsp(answerTo(about), about, NOW)).toEqual({ status: 'good' });
    // A responder of the younger generation says honestly that this is none of its cards.
    expect(judgeOcsp(answerTo(aboutOld), aboutOld, NOW)).toMatchObject({
      fault: 'refused',
      detail: 'unauthorized',
    });
  });
});

describe('one verdict of list and responder', () => {
  const valid: CertificateVerdict = { valid: true, revocation: 'stale' };
  const revoked: CertificateVerdict = {
    valid: false,
    reason: 'certificate-revoked',
    detail: 'on the revocation list of its issuer',
    revokedFor: 'keyCompromise',
  };
  const none = { status: 'none', fault: 'unreachable', detail: '' } as const;

  it('is revoked when either says so', () => {
    expect(withOnlineAnswer(revoked, { status: 'good' })).toBe(revoked);
    expect(withOnlineAnswer(revoked, { status: 'revoked', revokedFor: 'superseded' })).toBe(
      revoked,
    );
    const online = withOnlineAnswer(valid, { status: 'revoked', revokedFor: 'superseded' });
    expect(online).toMatchObject({ reason: 'certificate-revoked', revokedFor: 'superseded' });
    expect(JSON.stringify({ ...online, revokedFor: '' })).not.toContain('superseded');
  });

  it('says that the responder was asked only when it said "good"', () => {
    expect(withOnlineAnswer(valid, { status: 'good' })).toEqual({
      valid: true,
      revocation: 'ocsp',
    });
    for (const answer of [none, { status: 'unknown' }] as const)
      expect(withOnlineAnswer(valid, answer)).toBe(valid);
  });

  it('leaves every other refusal as it is', () => {
    const expired = { valid: false, reason: 'certificate-expired', detail: 'x' } as const;
    for (const answer of [none, { status: 'good' }, { status: 'unknown' }] as const)
      expect(withOnlineAnswer(expired, answer)).toBe(expired);
  });
});
