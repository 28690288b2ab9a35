import { describe, expect, test } from 'vitest';
import { CARD_DEFINITION, SimCard } from '../../devices/card/sim-card.ts';

describe('a definition from outside', () => {
  test('is taken as it is when it is right', () => {
    const definition = {
      kind: 'my-number',
      userCertificate: 'MIIB',
      pin: '4321',
      pinTriesLeft: 1,
      passwordTriesLeft: 0,
      atr: '3b00',
      label: 'X',
      faults: { muteAfter: 3, statusWords: { b0: '6986' }, certificate: 'truncated' },
      timing: { bitRate: 424, perApduMs: 1, signatureMs: 500 },
    };
    expect(CARD_DEFINITION.parse(JSON.parse(JSON.stringify(definition)))).toEqual(definition);
  });

  test.each([
    [{}],
    [{ kind: 'credit' }],
    [{ kind: 'my-number', nickname: 'x' }],
    [{ kind: 'my-number', atr: '3B0' }],
    [{ kind: 'my-number', atr: '00'.repeat(34) }],
    [{ kind: 'my-number', userCertificate: 'not base64!' }],
    [{ kind: 'my-number', userCertificate: 'A'.repeat(80_000) }],
    [{ kind: 'my-number', pinTriesLeft: 4 }],
    [{ kind: 'my-number', passwordTriesLeft: 6 }],
    [{ kind: 'my-number', faults: { muteAfter: -1 } }],
    [{ kind: 'my-number', faults: { unknown: true } }],
    [{ kind: 'my-number', timing: { bitRate: -1, perApduMs: 0, signatureMs: 0 } }],
  ])('is refused when it is wrong: %.60j', (definition) => {
    expect(CARD_DEFINITION.safeParse(definition).success).toBe(false);
  });

  test('with a key that is none is refused', () => {
    expect(() => new SimCard({ kind: 'my-number', userPrivateKey: 'no key' })).toThrow();
  });
});
