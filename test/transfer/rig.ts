/** A terminal that is enrolled with a platform's stores, and a stick that goes between the two. */

import { type KeyObject, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';
import { FactStore } from '../../platform-sim/facts.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { TerminalRegistry } from '../../platform-sim/terminal-registry.ts';
import { importStick, prepareStick } from '../../platform-sim/transfer/stick.ts';
import { TerminalIdentity } from '../../src/link/identity.ts';
import { MunicipalitySeal } from '../../src/pki/seal-to-municipality.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { writeStick } from '../../src/transfer/stick.ts';
import { MemoryKeys } from '../link/enrolled.ts';
import { granted, openLedger, tempFolder } from '../store/fixtures.ts';

export const NOW = Date.parse('2026-02-20T12:00:00.000Z');
export const BY = { by: 'Mori', why: 'no network since the first' };

export interface Recipient {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
}

export async function newRecipient(code: string): Promise<Recipient> {
  const { key, certificate } = await newMunicipalityKey(code, NOW);
  return { key, certificate: new X509Certificate(certificate) };
}

export const RECIPIENT = await newRecipient('990029');

/** A prepared stick: an empty folder, or the one that is given. */
export function newStick(directory = tempFolder(), recipient = RECIPIENT): string {
  prepareStick(directory, recipient.certificate.toString());
  return directory;
}

export async function newPlatform() {
  const state = tempFolder();
  const facts = new FactStore(state);
  const terminals = new TerminalRegistry(state);
  onTestFinished(() => {
    facts.close();
    terminals.close();
  });
  const keys = await PlatformKeys.openOrCreate(join(state, 'keys'));
  const kept = join(state, 'parcels');
  const texts = () => [...facts.since(0)].map(({ json }) => json);
  return {
    ...{ facts, terminals, keys },
    take: (stick: string, recipient = RECIPIENT.key) =>
      importStick({ facts, terminals }, stick, { recipient, kept, decision: BY, now: NOW }),
    /** The exact texts of what is held of a terminal, in order. */
    heldOf: (terminal: string) =>
      texts()
        .filter((text) => JSON.parse(text).terminal === terminal)
        .toSorted((a, b) => JSON.parse(a).seq - JSON.parse(b).seq),
    carried: () => texts().filter((text) => JSON.parse(text).event === 'facts.carried').length,
    kept: () => (existsSync(kept) ? readdirSync(kept) : []),
  };
}
export type TestedPlatform = Awaited<ReturnType<typeof newPlatform>>;

/** Enrolled, with so many facts. */
export async function newShelter(platform: TestedPlatform, facts: number, terminal = 'gate-1') {
  const state = tempFolder();
  const ledger = openLedger(state, { terminal });
  const keys = new MemoryKeys();
  const clock = { now: () => NOW };
  const identity = new TerminalIdentity({ terminal, ledger, keys, clock });
  const { secret } = platform.terminals.add(terminal, true, NOW);
  const request = await identity.request();
  const answer = platform.terminals.enrol(platform.keys, { terminal, secret, request }, NOW);
  if (answer.result !== 'enrolled') throw new Error(answer.reason);
  const certificate = Buffer.from(answer.certificate, 'base64');
  const fault = await identity.takeAsOnly(certificate, platform.keys.caCertificate);
  if (fault !== null) throw new Error(fault);
  const parts = {
    ...{ terminal, recipient: new MunicipalitySeal(RECIPIENT.certificate.raw) },
    streams: () => ledger.streams(),
    signing: () => identity.signing(),
    now: () => NOW,
  };
  record(ledger, facts);
  return {
    ...{ ledger, parts, state },
    record: (count: number) => record(ledger, count),
    write: (stick: string) => writeStick(stick, parts),
    /** What the ledger holds. */
    texts: () => ledger.unsent(0, { items: 100_000, bytes: 1e9 }).map(({ text }) => text),
  };
}

function record(ledger: Ledger, count: number): void {
  const { seq } = ledger.lastFact();
  const facts = Array.from({ length: count }, (_, n) => granted(`r${seq + n + 1}`));
  for (let at = 0; at < count; at += 500) ledger.record(facts.slice(at, at + 500));
}

export function parcelsOn(stick: string, terminal = 'gate-1'): string[] {
  const folder = join(stick, 'kazasu', 'up', terminal);
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .toSorted()
    .map((name) => join(folder, name));
}

export function wordsOn(stick: string, terminal = 'gate-1'): string {
  return readFileSync(join(stick, 'kazasu', `${terminal}.txt`), 'utf8');
}
