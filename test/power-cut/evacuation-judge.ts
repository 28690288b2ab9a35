/** The part of the judgement that is about an evacuation: the alert is drawn again, and nobody who was told something is forgotten. */

import { createPrivateKey, hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openParcel } from '../../platform-sim/transfer/parcel.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { KeyStore } from '../../src/keys/key-store.ts';
import { MarkKeys } from '../../src/shelter/mark-key.ts';
import { Roster } from '../../src/shelter/roster.ts';
import type { StateFolder } from '../../src/state-folder.ts';
import { Links } from '../../src/television/links.ts';
import { lastOf, must, versionIs } from './lost.ts';
import { alertText, CARD, type Said, SHELTER, STICK, TERMINAL } from './said.ts';

/** As `judge`; `facts`: of the ledger. */
export async function judgeEvacuation(
  medium: string,
  folder: StateFolder,
  keyStore: KeyStore,
  { said, facts }: { readonly said: readonly Said[]; readonly facts: readonly Fact[] },
): Promise<void> {
  judgeAlert(folder, said);
  await judgeLinks(folder, keyStore, facts);
  judgeShelter(join(medium, 'state'), folder, { said, facts });
  judgeStick(medium, { said, facts });
}

/** Before any link is there. */
function judgeAlert({ alerts }: StateFolder, said: readonly Said[]): void {
  const shown = alerts?.now() ?? [];
  must(shown.length <= 1, `${shown.length} alerts are drawn of one`);
  const texts = said.flatMap((one) => (one.of === 'alert' ? [one.version] : []));
  const version = texts.find((one) => alertText(one) === shown[0]?.what.ja) ?? null;
  must(version !== null || shown.length === 0, 'an alert is drawn that nobody raised');
  versionIs('alert', version, said);
}

/** Names and facts were one write, and the key that opens the names is there. */
async function judgeLinks(
  { recorder }: StateFolder,
  keyStore: KeyStore,
  facts: readonly Fact[],
): Promise<void> {
  const linked = new Set<string>();
  for (const { event, body } of facts) {
    if (event === 'television.linked') linked.add(String(body['ref']));
    else if (event === 'television.unlinked') linked.delete(String(body['ref']));
  }
  const links = new Links({ recorder, keyStore });
  await links.read();
  const called = links.people.map(({ ref }) => ref).join();
  must(called === [...linked].join(), `it calls ${called}, the facts say ${[...linked].join()}`);
  for (const { ref, name } of links.people) {
    must(name !== '', `the name of ${ref} can not be read: the key is gone`);
    must((await links.personOf(Buffer.from(ref))) === ref, 'a linked card is not known any more');
  }
}

function judgeShelter(
  state: string,
  { ledger }: StateFolder,
  { said, facts }: { readonly said: readonly Said[]; readonly facts: readonly Fact[] },
): void {
  const arrived = facts.filter(({ event }) => event === 'shelter.arrived');
  const subjects = new Set(arrived.map(({ subject }) => subject));
  const { here } = new Roster(ledger, SHELTER).people;
  must(here === subjects.size, `${here} are at the shelter, ${subjects.size} came`);
  const mark = lastOf(said, 'mark')?.mark;
  if (mark === undefined) return;
  const [again] = MarkKeys.open(state, undefined).marksOf(CARD);
  must(again === mark, 'the key of the marks is another one: somebody would be counted twice');
}

/** Each parcel is whole, holds what the ledger does, and none is missing of which it was said that the stick may be pulled. */
function judgeStick(
  medium: string,
  { said, facts }: { readonly said: readonly Said[]; readonly facts: readonly Fact[] },
): void {
  const written = said.filter((one) => one.of === 'stick');
  const identity = lastOf(said, 'identity');
  const [first] = written;
  if (first === undefined || identity === null) return;
  const der = Buffer.from(identity.certificate, 'base64');
  const known = { sha256: hash('sha256', der), terminal: TERMINAL, der };
  const keys = {
    recipient: createPrivateKey(first.key),
    certificate: () => ({ ...known, notAfter: 0, state: 'active' as const }),
  };
  const own = join(medium, STICK, 'kazasu', 'up', TERMINAL);
  must(existsSync(own), 'the parcels are gone with their folder');
  const carried = new Set<number>();
  for (const name of readdirSync(own).filter((each) => each.endsWith('.p7m'))) {
    // Throws for one that is not whole.
    for (const { from, items } of openParcel(name, readFileSync(join(own, name)), keys).runs) {
      items.forEach((text, at) => {
        const seq = from + at;
        must(text === JSON.stringify(facts[seq - 1]), `fact ${seq} on the stick is another one`);
        carried.add(seq);
      });
    }
  }
  for (const { from, upto } of written) {
    for (let seq = from; seq <= upto; seq += 1) {
      must(carried.has(seq), `fact ${seq} is gone from the stick`);
    }
  }
}
