/** The centre's side of an application that a card signed: what is taken, and all that is not. */

import { randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSimReader } from '../../devices/card/sim-reader.ts';
import { Authority } from '../../platform-sim/authority.ts';
import { InputError } from '../../platform-sim/input-error.ts';
import { type AppliedWith, judgeApplication } from '../../platform-sim/signed-application.ts';
import { encode, oid, sequence } from '../../platform-sim/x509.ts';
import { contentToSign, signedContent } from '../../src/pki/signed-content.ts';
import { CardWatch } from '../devices/card-watch.ts';
import {
  ApplicationRig,
  type Forged,
  HOLDER,
  NOW,
  SHA256_WITH_RSA,
  sha256,
} from './application-rig.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let rig: ApplicationRig;
beforeAll(async () => {
  rig = await ApplicationRig.open();
});
afterAll(() => rig.close());

const judge = (cms: Buffer, asked: AppliedWith = rig.asked, now = NOW) =>
  judgeApplication(cms, asked, rig.stores.register, now);
const refused = (detail: string | RegExp) => ({
  refused: 'application-refused',
  detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
});
const notValid = (detail: string) => ({ refused: 'certificate-not-valid', detail });

describe('an application', () => {
  test('that a kiosk made of what a card signed is taken, with the four attributes of who signed', async () => {
    const card = {
      kind: 'my-number',
      userCertificate: rig.authentication.toString('base64'),
      signCertificate: rig.certificate.toString('base64'),
      signPrivateKey: rig.key.export({ type: 'pkcs8', format: 'pem' }) as string,
    } as const;
    const field = createSimReader();
    const watch = new CardWatch();
    const reader = await field.open(watch);
    field.hold(card);
    const { tap } = await watch.next('present');
    const toSign = contentToSign(rig.contentOf(), new Date(NOW));
    const outcome = await reader.signApplication(tap, {
      password: Buffer.from('ABC123'),
      authCertificate: rig.authentication,
      message: toSign.message,
    });
    await reader.close();
    if (outcome.result !== 'signed') throw new Error(outcome.result);
    expect(judge(signedContent(toSign, outcome))).toEqual({
      application: rig.application(),
      holder: {
        ...HOLDER,
        nameSubstitutes: '00000',
        addressSubstitutes: '0'.repeat([...HOLDER.address].length),
      },
    });
  });

  test('has one form, which is the same whoever writes it', () => {
    const toSign = contentToSign(rig.contentOf(), new Date(NOW + 999));
    const message = Buffer.concat([toSign.message, sha256(rig.certificate)]);
    const signature = sign('sha256', message, rig.key);
    const signingCertificate = rig.certificate;
    expect(signedContent(toSign, { signingCertificate, signature })).toEqual(rig.cms());
  });

  test('says which characters are substitutes, where the authority does', async () => {
    const holder = { ...HOLDER, nameSubstitutes: '01000' };
    const { der } = await rig.issue({ holder });
    expect(judge(rig.cms({}, der))).toMatchObject({ holder });
  });
});

describe('an object is refused', () => {
  const data = () => oid('1.2.840.113549.1.7.1');
  const forged: Record<string, [Forged | (() => Forged), string | RegExp]> = {
    'of another version': [{ version: encode(0x02, Buffer.of(3)) }, 'another version'],
    'with two digest algorithms': [
      () => ({ digestAlgorithms: encode(0x31, sequence(data()), sequence(data())) }),
      'something is left over',
    ],
    'with SHA-1': [
      { digestAlgorithms: encode(0x31, sequence(oid('1.3.14.3.2.26'))) },
      'another digest algorithm',
    ],
    'with RSA-PSS': [
      { signatureAlgorithm: SHA256_WITH_RSA.replace('010b', '010a') },
      'another signature algorithm',
    ],
    'with another type of content': [
      () => ({ type: oid('1.2.840.113549.1.7.2') }),
      'another type of content',
    ],
    'without a certificate': [{ certificates: encode(0xa0) }, 'something is missing'],
    'with two certificates': [
      () => ({ certificates: encode(0xa0, rig.certificate, rig.authentication) }),
      'something is left over',
    ],
    'with two signers': [
      { signers: (signer) => Buffer.concat([signer, signer]) },
      'something is left over',
    ],
    'without a signer': [{ signers: () => Buffer.alloc(0) }, 'something is missing'],
    'with unsigned attributes': [
      () => ({ unsigned: encode(0xa1, sequence(data(), encode(0x31, data()))) }),
      'something is left over',
    ],
    'that names another certificate': [
      () => ({ sid: rig.sidOf(rig.authentication) }),
      'another certificate was signed for',
    ],
    'whose attributes bind another certificate': [
      () => ({ attributes: rig.attributes(rig.contentOf(), rig.authentication) }),
      'another certificate was signed for',
    ],
    'whose attributes are of another content': [
      () => ({ attributes: rig.attributes(rig.contentOf({ municipality: '990029' })) }),
      'another content was signed',
    ],
    'without a signing time': [
      () => ({ attributes: rig.attributes(rig.contentOf()).toSpliced(1, 1) }),
      'other signed attributes',
    ],
    'with one attribute more': [
      () => ({
        attributes: [
          ...rig.attributes(rig.contentOf()),
          sequence(oid('1.2.3.4'), encode(0x31, data())),
        ],
      }),
      'other signed attributes',
    ],
    'with the digest twice': [
      () => {
        const [type, at, digest, certificate] = rig.attributes(rig.contentOf());
        if (!type || !at || !digest || !certificate) throw new Error('four attributes');
        return { attributes: [type, at, digest, digest, certificate] };
      },
      'a signed attribute that comes twice',
    ],
    'signed by the other key of the card': [() => ({ key: rig.userKey }), 'the signature is wrong'],
    'with a signature of nothing': [{ signature: Buffer.alloc(0) }, 'the signature is wrong'],
    'that is no text': [{ content: Buffer.of(0x22, 0xff, 0x22) }, 'content that is no text'],
    'that is no JSON': [{ content: Buffer.from('{') }, 'content that is no JSON'],
    'with a field more': [
      () => ({ content: Buffer.from(JSON.stringify({ ...rig.application(), age: 1 })) }),
      'content that is no application',
    ],
    'with a control character in the domicile': [
      () => ({ content: rig.contentOf({ domicile: { town: '鷹\u0007沢', number: '1' } }) }),
      'content that is no application',
    ],
    'of another question': [
      () => ({ content: rig.contentOf({ id: randomUUID() }) }),
      'the application of another question',
    ],
    'of another terminal': [
      () => ({ content: rig.contentOf({ terminal: 'kiosk-2' }) }),
      'the application of another terminal',
    ],
    'that binds another certificate': [
      () => ({ content: rig.contentOf({ authentication: '00'.repeat(32) }) }),
      'an application that binds another certificate',
    ],
    'that says two times': [
      () => ({ content: rig.contentOf({ at: new Date(NOW + 1000).toISOString() }) }),
      'two times in one application',
    ],
  };

  test.each(Object.keys(forged))('%s', (what) => {
    const [changes = {}, detail = ''] = forged[what] ?? [];
    const cms = rig.cms(typeof changes === 'function' ? changes() : changes);
    expect(judge(cms)).toEqual(refused(detail));
  });

  test('cut off anywhere, with a byte behind it, or with any byte changed', () => {
    const cms = rig.cms();
    for (let length = 0; length < cms.length; length += 97) {
      expect(judge(cms.subarray(0, length))).toHaveProperty('refused');
    }
    expect(judge(Buffer.concat([cms, Buffer.of(0)]))).toHaveProperty('refused');
    expect(judge(Buffer.alloc(20_000, 0x30))).toEqual(refused('an object that is too long'));
    for (let at = 0; at < cms.length; at += 31) {
      const changed = Buffer.from(cms);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      expect(judge(changed), `byte ${at}`).toHaveProperty('refused');
    }
  });

  test('more than an hour before it was signed, or after', () => {
    const cms = rig.cms();
    for (const hours of [-25, -1.1, 1.1, 25]) {
      const late = judge(cms, rig.asked, NOW + hours * HOUR);
      expect(late).toEqual(refused('an application of another time'));
    }
    expect(judge(cms, rig.asked, NOW + HOUR)).toHaveProperty('application');
  });

  test('that came with the certificate of another card', async () => {
    const other = await rig.authority.issueUserCertificate({ privateKey: rig.userKey });
    const asked = { ...rig.asked, authentication: other.der };
    expect(judge(rig.cms(), asked)).toEqual(
      refused('an application that binds another certificate'),
    );
    // Also when it says that it is that one's: one card's signature, and another card that is bound by it.
    const content = rig.contentOf({ authentication: sha256(other.der).toString('hex') });
    expect(judge(rig.cms({ content }), asked)).toEqual(
      refused('certificates that are not of one person'),
    );
  });
});

describe('a signing certificate', () => {
  test('that is revoked, expired, not valid yet or of nobody known is not valid', async () => {
    const good = await rig.issue({});
    expect(judge(rig.cms({}, good.der))).toHaveProperty('application');
    rig.revoke(good.serial);
    const invalid = notValid('the signing certificate is invalid');
    expect(judge(rig.cms({}, good.der))).toEqual(invalid);
    rig.revoke();
    const expired = await rig.issue({ notAfter: new Date(NOW - DAY) });
    expect(judge(rig.cms({}, expired.der))).toEqual(invalid);
    const early = await rig.issue({ notBefore: new Date(NOW + DAY) });
    expect(judge(rig.cms({}, early.der))).toEqual(invalid);
    const unknown = notValid('the signing certificate is unknown');
    const stranger = await rig.issue({}, await Authority.create());
    expect(judge(rig.cms({}, stranger.der))).toEqual(unknown);
    // The authority of the other certificates is not one for signatures.
    const crossed = await rig.issue({}, rig.authority);
    expect(judge(rig.cms({}, crossed.der))).toEqual(unknown);
  });

  test('is not taken on the word of a list that should have been followed by another', () => {
    const { register } = rig.stores;
    expect(register.signingStanding(rig.certificate, NOW)).toBe('valid');
    expect(register.signingStanding(rig.certificate, NOW + 2 * DAY)).toBe('unknown');
    expect(register.signingStanding(Buffer.of(0x30, 0), NOW)).toBe('unknown');
  });

  test.each([
    ['of the other policy', { policy: '1.2.392.200149.8.5.1.3.30' }, /another policy/u],
    ['without a policy', { policy: null }, /another policy/u],
    ['that is not for signatures', { keyUsage: ['digitalSignature'] as const }, /for signatures/u],
    ['without key usage', { keyUsage: null }, /for signatures/u],
    ['without a name', { holder: { ...HOLDER, name: '' } }, /lacks an attribute/u],
    ['with a control character', { holder: { ...HOLDER, sex: '\u0000' } }, /lacks an attribute/u],
  ])('%s is not one, though its authority issued it', async (_what, options, detail) => {
    const { der } = await rig.issue(options);
    expect(judge(rig.cms({}, der))).toEqual(refused(detail));
  });
});

test('a user-authentication certificate that does not stand is bound by nobody', async () => {
  const expired = await rig.authority.issueUserCertificate({
    privateKey: rig.userKey,
    notAfter: new Date(NOW - DAY),
  });
  rig.link(rig.certificate, expired.der);
  const content = rig.contentOf({ authentication: sha256(expired.der).toString('hex') });
  const asked = { ...rig.asked, authentication: expired.der };
  expect(judge(rig.cms({ content }), asked)).toEqual(
    notValid('the user-authentication certificate is invalid'),
  );
  rig.link(rig.certificate);
});

describe('an authority for signatures', () => {
  const take = (ca: Buffer, crl: Buffer) => () =>
    rig.stores.register.takeSigningAuthority({
      ca: rig.file('other-ca.der', ca),
      crl: rig.file('other-crl.der', crl),
    });

  test('is taken with a full list of its own, which never gets older', async () => {
    const { signing, authority } = rig;
    const { caCertificate: ca } = signing;
    expect(take(ca, authority.crl())).toThrow(/is not of the CA/u);
    const deltaOf1 = { oid: '2.5.29.27', critical: true, value: Buffer.from('020101', 'hex') };
    expect(take(ca, signing.crl({ number: 9n, extra: [deltaOf1] }))).toThrow(/is a delta CRL/u);
    expect(take(ca, signing.crl({ number: 0n }))).toThrow(/number .* is held already/u);
    expect(take(rig.certificate, signing.crl())).toThrow(InputError);
    expect(take(ca, Buffer.from('no list'))).toThrow(InputError);
    const { register } = rig.stores;
    expect(() => register.takeSigningAuthority({ ca: '/nowhere', crl: '/nowhere' })).toThrow(
      InputError,
    );
    expect(register.signingStanding(rig.certificate, NOW)).toBe('valid');
  });
});
