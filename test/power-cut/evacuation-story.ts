/** The part of a terminal's life that is about an evacuation: alerts, whom a television calls, who is at a shelter, parcels on a stick. */

import { type KeyObject, X509Certificate } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { writeCap } from '../../platform-sim/alerts/cap-writer.ts';
import { SHIOMI_CODE } from '../../platform-sim/evacuation/evacuee.ts';
import { newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { prepareStick } from '../../platform-sim/transfer/stick.ts';
import type { Fact } from '../../src/domain/fact.ts';
import type { KeyStore } from '../../src/keys/key-store.ts';
import { TerminalIdentity } from '../../src/link/identity.ts';
import { openRoot, type Root } from '../../src/pki/root-object.ts';
import { MunicipalitySeal } from '../../src/pki/seal-to-municipality.ts';
import type { Signers } from '../../src/pki/signed-object.ts';
import { MarkKeys } from '../../src/shelter/mark-key.ts';
import type { StateFolder } from '../../src/state-folder.ts';
import { Links } from '../../src/television/links.ts';
import { writeStick } from '../../src/transfer/stick.ts';
import { draft, part } from '../alerts/drafts.ts';
import { alertText, CARD, personOf, type Said, SHELTER, TERMINAL } from './said.ts';
import type { StoryPlatform } from './story-platform.ts';

const MINUTE_MS = 60_000;

interface Recipient {
  readonly key: KeyObject;
  readonly seal: MunicipalitySeal;
}

interface EvacuationParts {
  readonly platform: StoryPlatform;
  /** That of the platform's keys. */
  readonly keysFolder: string;
  readonly state: string;
  /** Where the stick is put in. */
  readonly stick: string;
  /** As it is now: a restart opens another one. */
  readonly folder: () => StateFolder;
  readonly keyStore: KeyStore;
  readonly say: (said: Said) => void;
  /** What was recorded is told by whoever tells facts. */
  readonly tell: (facts: readonly Fact[]) => void;
}

export class EvacuationLife {
  readonly #parts: EvacuationParts;
  readonly #signers: Signers;
  readonly #recipient: Recipient;
  readonly #messages: { readonly identifier: string; readonly sent: number }[] = [];
  #people = 0;

  private constructor(parts: EvacuationParts, signers: Signers, recipient: Recipient) {
    this.#parts = parts;
    this.#signers = signers;
    this.#recipient = recipient;
  }

  /** A municipality with a key to raise alerts and one to open parcels, and a stick that it has prepared. */
  static async begin(parts: EvacuationParts): Promise<EvacuationLife> {
    const { platform, keysFolder, stick } = parts;
    const offline = PlatformKeys.offlineFolder(keysFolder);
    await nameAlertKey(platform.keys, offline, SHIOMI_CODE, Date.now());
    const root = platform.keys.roots.reduce<Root | null>((last, cms) => openRoot(cms, last), null);
    const signers: Signers = {
      ca: platform.keys.caCertificate,
      names: (role, key) => root?.names(role, key) ?? false,
    };
    const { key, certificate } = await newMunicipalityKey(SHIOMI_CODE, Date.now());
    mkdirSync(stick);
    prepareStick(stick, new X509Certificate(certificate).toString());
    // It was pulled in order at the town hall.
    for (const path of [join(stick, '..'), stick, join(stick, 'kazasu')]) sync(path);
    return new EvacuationLife(parts, signers, { key, seal: new MunicipalitySeal(certificate) });
  }

  /** The alert, or the next change of it. */
  async alert(): Promise<void> {
    const { platform, folder, say } = this.#parts;
    const version = this.#messages.length + 1;
    const identifier = `alert-${version}`;
    const what = { ja: alertText(version), 'ja-simple': alertText(version), en: 'x' };
    const said = draft({
      identifier,
      is: version === 1 ? 'alert' : 'update',
      sent: Math.floor(Date.now() / 1_000) * 1_000 - 30 * MINUTE_MS + version * 1_000,
      references: [...this.#messages],
      parts: [part({ what })],
    });
    this.#messages.push({ identifier, sent: said.sent });
    const cms = await platform.keys.signAlert(SHIOMI_CODE, writeCap(said));
    say({ of: 'alert', is: 'begun', version });
    await folder().alerts?.take(cms, this.#signers);
    if (folder().alerts?.now()[0]?.what.ja !== what.ja) throw new Error('the alert is not shown');
    say({ of: 'alert', is: 'active', version });
  }

  /** Somebody is called by this television from now on; one for whom there is no room any more ends it for another. */
  async link(): Promise<void> {
    const { keyStore } = this.#parts;
    const { recorder } = this.#parts.folder();
    const links = new Links({ recorder, keyStore });
    this.#people += 1;
    const person = personOf(`television ${this.#people}`);
    await this.#told(async () => {
      const [first] = links.people;
      if (links.isFull && first !== undefined) links.end(first.ref, 'remote');
      await links.add(person, Buffer.from(person.ref), 'possession');
    });
  }

  /** Two people: one of the list, and one who is on none, known again by the mark of the card alone. */
  async checkIn(): Promise<void> {
    const { state, folder, say } = this.#parts;
    const [mark] = MarkKeys.open(state, undefined).marksOf(CARD);
    this.#people += 1;
    const { ref } = personOf(`shelter ${this.#people}`);
    const by = { shelter: SHELTER.shelter, by: 'card', count: 1, flags: [] } as const;
    await this.#told(async () => {
      folder().recorder.record([
        { event: 'shelter.arrived', subject: `evacuee/${ref}`, body: { ...by, ref } },
        { event: 'shelter.arrived', subject: `mark/${mark}`, body: { ...by, mark } },
      ]);
    });
    say({ of: 'mark', mark });
  }

  /** Everything that the platform may lack goes to the stick. */
  async stick(): Promise<void> {
    const { folder, keyStore: keys, stick, say } = this.#parts;
    const { ledger, clock } = folder();
    const identity = new TerminalIdentity({ terminal: TERMINAL, ledger, keys, clock });
    const [from, upto] = [ledger.acknowledged + 1, ledger.lastFact().seq];
    const { outcome } = await writeStick(stick, {
      terminal: TERMINAL,
      streams: () => ledger.streams(),
      signing: () => identity.signing(),
      recipient: this.#recipient.seal,
      now: () => clock.now(),
    });
    if (outcome !== 'written') throw new Error(`the stick: ${outcome}`);
    const key = this.#recipient.key.export({ type: 'pkcs8', format: 'pem' }).toString();
    say({ of: 'stick', from, upto, key });
  }

  async #told(work: () => Promise<void>): Promise<void> {
    const { folder, tell } = this.#parts;
    const { ledger } = folder();
    const { seq } = ledger.lastFact();
    await work();
    tell([...ledger.facts(seq)]);
  }
}

function sync(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
