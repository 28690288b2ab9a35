import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readAnchor } from '../../platform-sim/anchor.ts';
import { readCrl } from '../../platform-sim/crl.ts';
import {
  type ExtensionSpec,
  encode,
  extension,
  keyIdentifier,
  type RevocationReason,
} from '../../platform-sim/x509.ts';
import { UnfitError } from '../../platform-sim/x509-reader.ts';
import {
  anchor,
  ask,
  askTerminal,
  CA_EXTENSIONS,
  CA_NAME,
  caKey,
  crl,
  madeAgain,
  newKeys,
  signedAgain,
} from './trust-files.ts';

const TRUE = encode(0x01, Uint8Array.of(0xff));

function odd(oid: string, value: Buffer, critical = false): ExtensionSpec {
  return { oid, critical, value };
}
const scope = (...fields: Buffer[]) => odd('2.5.29.28', encode(0x30, ...fields), true);
const bare = (oid: string) => odd(oid, encode(0x30));
const unknown = (critical: boolean) => odd('1.3.6.1.4.1.32473.1', encode(0x05), critical);
const deltaOf = (base: number) => odd('2.5.29.27', encode(0x02, Uint8Array.of(base)), true);
const revoked = (reason: RevocationReason, serial = 0x4a) => ({
  revoked: [{ serial: Uint8Array.of(serial), at: new Date(), reason }],
});

/** A CA with another key of its own. */
function anchorWith(keys: ReturnType<typeof newKeys>): Buffer {
  const subjectKeyIdentifier = extension.subjectKeyIdentifier(keyIdentifier(keys.publicKey));
  const issuer = { name: CA_NAME, privateKey: keys.privateKey };
  return anchor({ subjectKeyIdentifier }, [], { issuer, publicKey: keys.publicKey });
}

const rsa = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent });

/** What a subordinate CA of another one looks like. */
function intermediate(): Buffer {
  const { publicKey } = newKeys('P-256');
  return anchor({}, [], { publicKey, subject: [['O', 'SUBORDINATE-SIM']] });
}

describe('a CA certificate', () => {
  test.each<[string, () => Buffer]>([
    ['as it should be', () => anchor()],
    ['without a keyUsage', () => anchor({ keyUsage: null })],
    ['without cRLSign', () => anchor({ keyUsage: extension.keyUsage(['keyCertSign']) })],
    [
      'with everything that CAs like to write',
      () =>
        anchor({}, [
          extension.authorityKeyIdentifier(keyIdentifier(newKeys('P-256').publicKey)),
          extension.extendedKeyUsage(['1.3.6.1.5.5.7.3.2'], true),
          extension.certificatePolicies('2.5.29.32.0', 'http://ca.example/cps'),
          unknown(false),
        ]),
    ],
    [
      'that has a path length',
      () =>
        anchor({
          basicConstraints: odd('2.5.29.19', encode(0x30, TRUE, encode(2, Uint8Array.of(0))), true),
        }),
    ],
    ['that has expired', () => anchor({}, [], { notAfter: new Date(Date.now() - 1000) })],
    ['on P-384', () => anchorWith(newKeys('P-384'))],
    ['with RSA of 2048 bits', () => anchorWith(rsa(2048))],
  ])('%s is taken by platform and terminal', async (_, make) => {
    expect(await ask([make()])).toEqual({ platform: null, terminal: null });
  });

  test.each<[string, () => Buffer, string]>([
    ['of another CA', intermediate, 'is not self-signed'],
    [
      'with no subjectKeyIdentifier',
      () => anchor({ subjectKeyIdentifier: null }),
      'openssl: subjectKeyIdentifier = hash',
    ],
    [
      'with an empty subjectKeyIdentifier',
      () => anchor({ subjectKeyIdentifier: odd('2.5.29.14', encode(0x04)) }),
      'a key identifier is empty',
    ],
    ['with no basicConstraints', () => anchor({ basicConstraints: null }), 'not a CA certificate'],
    [
      'of no CA',
      () => anchor({ basicConstraints: extension.basicConstraints(false) }),
      'not a CA certificate',
    ],
    [
      'that may not issue',
      () => anchor({ keyUsage: extension.keyUsage(['cRLSign']) }),
      'keyCertSign where there is a keyUsage',
    ],
    ['with an unknown critical extension', () => anchor({}, [unknown(true)]), 'not process'],
    [
      'with an extension twice',
      () => anchor({}, [CA_EXTENSIONS.basicConstraints]),
      '2.5.29.19 twice',
    ],
    [
      'that names its issuer by serial number alone',
      () => anchor({}, [odd('2.5.29.35', encode(0x30, encode(0x82, Uint8Array.of(1))))]),
      'authorityKeyIdentifier = keyid:always',
    ],
    ['with a purpose list that is empty', () => anchor({}, [bare('2.5.29.37')]), 'is missing'],
    ['with a policy list that is empty', () => anchor({}, [bare('2.5.29.32')]), 'is missing'],
    [
      'with the serial number 0',
      () => anchor({}, [], { serial: Uint8Array.of(0) }),
      'serial number 0',
    ],
    [
      'with a negative serial number',
      () => anchor({}, [], { serial: Uint8Array.of(0x80) }),
      'a number is negative',
    ],
    ['of version 1', () => madeAgain(anchor(), (parts) => parts.slice(1, -1)), 'openssl req -x509'],
    [
      'that is too large',
      () => anchor({}, [odd('1.3.6.1.4.1.32473.2', Buffer.alloc(4096))]),
      'of 4096 at most',
    ],
    ['on a curve of its own', () => anchorWith(newKeys('secp256k1')), 'P-256 or P-384'],
    ['on P-521', () => anchorWith(newKeys('P-521')), 'P-256 or P-384'],
    ['with RSA of 1024 bits', () => anchorWith(rsa(1024)), 'RSA of 2048 to 4096 bits'],
    ['with RSA and exponent 3', () => anchorWith(rsa(2048, 3)), 'RSA of 2048 to 4096 bits'],
    [
      'with a signature that was damaged',
      () => Buffer.concat([anchor().subarray(0, -1), Uint8Array.of(0)]),
      'is not self-signed',
    ],
  ])('%s is refused by both, and the platform says what is right', async (_, make, message) => {
    const said = await ask([make()]);
    expect(said.platform).toContain(message);
    expect(said.platform).toMatch(/^--ca [^\n]+$/u);
    expect(said.terminal).toMatch(/^anchor-unusable/u);
  });

  test('beside 64 others is one too many', async () => {
    const keys = newKeys('P-256');
    const many = Array.from({ length: 65 }, (_, at) =>
      anchor({}, [], { serial: Uint8Array.of(1, at) }),
    );
    expect(await ask(many.slice(1))).toEqual({ platform: null, terminal: null });
    const said = await ask([anchorWith(keys), ...many.slice(1)]);
    expect(said.platform).toContain('65 CA certificates; a platform holds 64');
    expect(said.terminal).toMatch(/^too-many/u);
  });
});

describe('a CRL', () => {
  const otherName = { name: [['O', 'ANOTHER-SIM']] as const, privateKey: caKey };

  test.each<[string, () => Buffer]>([
    ['as it should be', () => crl()],
    ['that names no key', () => crl({ authorityKeyIdentifier: null })],
    ['that revokes nobody', () => crl({}, [], { revoked: [] })],
    [
      'for the certificates of people only',
      () => crl({}, [scope(encode(0x81, Uint8Array.of(0xff)))]),
    ],
    ['with an unknown extension', () => crl({}, [unknown(false)])],
    [
      'past its nextUpdate',
      () => crl({}, [], { thisUpdate: new Date(0), nextUpdate: new Date(1000) }),
    ],
    ['of an entry on hold', () => crl({}, [], revoked('certificateHold'))],
  ])('%s is taken by platform and terminal', async (_, make) => {
    expect(await ask([anchor()], [make()])).toEqual({ platform: null, terminal: null });
  });

  test.each<[string, () => Buffer, string]>([
    ['with no number', () => crl({ crlNumber: null }), 'openssl ca: set crlnumber = FILE'],
    [
      'with a number that is too long',
      () => crl({ crlNumber: extension.crlNumber(2n ** 160n) }),
      'a number is too long',
    ],
    [
      'of version 1',
      () => madeAgain(crl(), (parts) => parts.slice(1, -1)),
      'openssl ca: set crlnumber = FILE',
    ],
    [
      'without nextUpdate',
      () => madeAgain(crl(), (parts) => parts.filter((_, at) => at !== 4)),
      'openssl ca: -crldays 7',
    ],
    [
      'that ends before it begins',
      () => crl({}, [], { thisUpdate: new Date(2000), nextUpdate: new Date(1000) }),
      'before its thisUpdate',
    ],
    [
      'that names its CA by serial number alone',
      () =>
        crl({
          authorityKeyIdentifier: odd('2.5.29.35', encode(0x30, encode(0x82, Uint8Array.of(1)))),
        }),
      'authorityKeyIdentifier = keyid:always',
    ],
    [
      'that names another key',
      () => crl({ authorityKeyIdentifier: extension.authorityKeyIdentifier(Buffer.alloc(20)) }),
      'names another key',
    ],
    ['of another issuer', () => crl({}, [], { issuer: otherName }), 'not signed by any CA'],
    [
      'signed by a stranger under the name of the CA',
      () => crl({}, [], { issuer: { name: CA_NAME, privateKey: newKeys('P-256').privateKey } }),
      'though one has the name of its issuer',
    ],
    [
      'that is a delta and not newer than its base',
      () => crl({}, [deltaOf(7)]),
      'not newer than the full one',
    ],
    ['with an unknown critical extension', () => crl({}, [unknown(true)]), 'not process'],
    ['with an extension twice', () => crl({}, [extension.crlNumber(8n)]), '2.5.29.20 twice'],
    ['that is indirect', () => crl({}, [scope(encode(0x84, Uint8Array.of(0xff)))]), 'indirect'],
    [
      'for CAs only',
      () => crl({}, [scope(encode(0x82, Uint8Array.of(0xff)))]),
      'onlyContainsUserCerts alone',
    ],
    [
      'for some reasons only',
      () => crl({}, [scope(encode(0x83, Uint8Array.of(1, 6)))]),
      'onlyContainsUserCerts alone',
    ],
    [
      'of one distribution point',
      () => crl({}, [scope(encode(0xa0, encode(0xa0)))]),
      'onlyContainsUserCerts alone',
    ],
    [
      'that takes an entry back',
      () => crl({}, [], revoked('removeFromCRL')),
      'as only a delta CRL may',
    ],
    ['that revokes the serial number 0', () => crl({}, [], revoked('superseded', 0)), 'number 0'],
    ['that was cut short', () => crl().subarray(0, 90), 'cut short'],
    ['with something behind it', () => Buffer.concat([crl(), Buffer.alloc(3)]), 'left over'],
  ])('%s is refused by both, and the platform says what is right', async (_, make, message) => {
    const said = await ask([anchor()], [make()]);
    expect(said.platform).toContain(message);
    expect(said.platform).toMatch(/^--crl [^\n]+$/u);
    expect(said.terminal).toMatch(/^crl-/u);
  });

  test('of a CA that may not sign CRLs is refused by both', async () => {
    const mute = anchor({ keyUsage: extension.keyUsage(['keyCertSign']) });
    const said = await ask([mute], [crl()]);
    expect(said.platform).toContain('lacks cRLSign');
    expect(said.terminal).toMatch(/^crl-bad-signature/u);
  });

  test.each<[string, Buffer[], string | null]>([
    ['alone', [], 'no full CRL is held'],
    [
      'on a full one that is older than its base',
      [crl({ crlNumber: extension.crlNumber(6n) })],
      'number 6',
    ],
    ['on its base', [crl()], null],
    [
      'on a full one that is as new',
      [crl({ crlNumber: extension.crlNumber(9n) })],
      'the same or more',
    ],
    [
      'on one of another scope',
      [crl({}, [scope(encode(0x81, Uint8Array.of(0xff)))])],
      'of another scope',
    ],
  ])(
    'that is a delta %s is taken by the platform only where terminals use it',
    async (_, full, message) => {
      const crlNumber = extension.crlNumber(9n);
      const said = await ask([anchor()], [...full, crl({ crlNumber }, [deltaOf(7)])]);
      if (message === null) expect(said.platform).toBeNull();
      else expect(said.platform).toContain(message);
      expect(said.terminal).toBeNull();
    },
  );

  test('larger than what terminals fetch is refused before it is read', () => {
    expect(() => readCrl(Buffer.alloc(134_217_729))).toThrow('134217728 at most');
  });
});

/** Every byte in turn becomes another one, five ways; the CA signs the result as if it had meant it. */
function* mutations(der: Buffer): Generator<Buffer> {
  let length = 0;
  signedAgain(der, (tbs) => {
    length = tbs.length;
    return tbs;
  });
  for (let at = 0; at < length; at += 1) {
    for (const change of [1, 0x20, 0x80, 0xff, 0x7e]) {
      yield signedAgain(der, (tbs) => {
        const changed = Buffer.from(tbs);
        changed.writeUInt8(changed.readUInt8(at) ^ change, at);
        return changed;
      });
    }
  }
}

function isFit(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof UnfitError) return false;
    throw error;
  }
}

describe('whatever a CA wrote and signed', () => {
  const rich = anchor({}, [
    extension.authorityKeyIdentifier(Buffer.alloc(20, 7)),
    extension.extendedKeyUsage(['1.3.6.1.5.5.7.3.2']),
    extension.certificatePolicies('2.5.29.32.0', 'x'),
  ]);

  test('the platform takes no CA certificate that a terminal refuses', async () => {
    let taken = 0;
    for (const der of mutations(rich)) {
      if (!isFit(() => readAnchor(der))) continue;
      taken += 1;
      expect(await askTerminal([der]), der.toString('hex')).toBeNull();
    }
    expect(taken).toBeGreaterThan(100);
  });

  test('the platform takes no CRL that a terminal refuses', async () => {
    const ca = anchor();
    let taken = 0;
    const whole = crl({ authorityKeyIdentifier: null }, [scope(encode(0x81, Uint8Array.of(0xff)))]);
    for (const der of mutations(whole)) {
      if (!isFit(() => readCrl(der))) continue;
      const refusal = await askTerminal([ca], [der]);
      // Another issuer's name: `trust add` looks for the issuer after it has read the CRL.
      if (refusal?.startsWith('crl-without-anchor')) continue;
      taken += 1;
      expect(refusal, der.toString('hex')).toBeNull();
    }
    expect(taken).toBeGreaterThan(50);
  });
});
