/** Who arrivals without a row were: sealed as OpenSSL seals, opened by the municipality's key alone, and decided by a clerk. */

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RegisterEntry } from '../../platform-sim/evacuation/residents.ts';
import { type MunicipalityKey, newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';
import { reconcile } from '../../platform-sim/town/reconciled.ts';
import { unseal } from '../../platform-sim/town/reconciling.ts';
import { TownRig } from './town-rig.ts';

const CARD = Buffer.from('a certificate');
const FINGERPRINT = createHash('sha256').update(CARD).digest('hex');

function entry(number: string, over: Partial<RegisterEntry>): RegisterEntry {
  const name = { name: '森川 ハツ', kana: 'モリカワ ハツ', born: '1943-05-02' };
  const home = { district: 'kawara', address: '川原町 3', household: number };
  const more = { needs: [], support: '', protected: false, fingerprint: null };
  return { number, ...name, ...home, ...more, ...over };
}

/** Base64, as a fact has it. */
function sealedFor({ certificate }: MunicipalityKey, folder: string, content: object): string {
  const file = join(folder, 'municipality.pem');
  const body = certificate.toString('base64').replaceAll(/(.{64})/gu, '$1\n');
  writeFileSync(file, `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`);
  const oaep = ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'];
  const args = ['cms', '-encrypt', '-binary', '-aes-256-gcm', '-outform', 'DER'];
  const input = JSON.stringify(content);
  return execFileSync('openssl', [...args, '-recip', file, ...oaep], { input }).toString('base64');
}

test('a card is one person’s, a reading and a year propose one; another key opens nothing; who is reconciled is counted as themselves', async () => {
  const rig = await TownRig.open({
    entries: [
      entry('1', { fingerprint: FINGERPRINT }),
      entry('2', { born: '1950-01-01' }),
      entry('3', { name: '津田 シゲ', kana: 'ツダ シゲ' }),
    ],
  });
  onTestFinished(() => rig.close());
  const [own, other] = await Promise.all(
    ['990029', '990011'].map((code) => newMunicipalityKey(code, Date.now())),
  );
  if (own === undefined || other === undefined) throw new Error('no keys');
  const arrive = (mark: string, sealed: string) =>
    rig.tell('reader-1', 'shelter.arrived', { shelter: 'civic-hall', mark, sealed });
  const seal = (content: object, key = own) => sealedFor(key, rig.directory, content);
  arrive('card', seal({ certificate: CARD.toString('base64') }));
  arrive('form', seal({ kana: 'もりかわはつ', year: '1950', people: 1, needs: [] }));
  arrive('nobody', seal({ kana: 'だれか', people: 1, needs: [] }));
  arrive('foreign', seal({ kana: 'もりかわ はつ' }, other));
  arrive('broken', 'AAAA');
  await rig.town.tick();
  const found = new Map(
    [...rig.town.standings.unlisted()].map((unlisted) => {
      const { key, said, candidates } = unseal(unlisted, own.key, rig.residents);
      const names = candidates.map(({ name, born, by }) => `${name} ${born.slice(0, 4)} ${by}`);
      return [key.split('/').at(-1), { said, names }];
    }),
  );
  expect(Object.fromEntries(found)).toEqual({
    card: { said: { kana: null, year: null }, names: ['森川 ハツ 1943 certificate'] },
    form: {
      said: { kana: 'もりかわはつ', year: '1950' },
      names: ['森川 ハツ 1950 kana-year', '森川 ハツ 1943 kana'],
    },
    nobody: { said: { kana: 'だれか', year: null }, names: [] },
    foreign: { said: null, names: [] },
    broken: { said: null, names: [] },
  });
  expect(rig.town.shared.counts).toMatchObject({ unlisted: 5, safe: 0 });
  const ref = rig.residents.byFingerprint(FINGERPRINT)?.ref ?? '';
  reconcile(rig.residents.db, 'mark/civic-hall/card', ref, { by: '大西', at: Date.now() });
  await rig.town.tick();
  expect(rig.town.shared.counts).toMatchObject({ unlisted: 4, safe: 1, safeAtShelter: 1 });
});
