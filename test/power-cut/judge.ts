/**
 * Opens what a power cut left with the daemon's own code, as the next start does, and compares it with what was said before.
 * Throws where something that others count on is not there, or is there by half.
 */

import { hash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../../src/config.ts';
import type { Fact } from '../../src/domain/fact.ts';
import { readJournal } from '../../src/journal-reader.ts';
import type { KeyStore } from '../../src/keys/key-store.ts';
import { openKeyStore } from '../../src/keys/open-key-store.ts';
import { TerminalIdentity } from '../../src/link/identity.ts';
import { loadInstitution } from '../../src/link/institution-download.ts';
import { ListKeyRing } from '../../src/link/list-keys.ts';
import { pinnedPlatform } from '../../src/link/pinned-platform.ts';
import { readTrust } from '../../src/link/trust-folder.ts';
import { openStateFolder, type StateFolder } from '../../src/state-folder.ts';
import type { Ledger } from '../../src/store/ledger.ts';
import { testRows } from '../store/lists.ts';
import { judgeEvacuation } from './evacuation-judge.ts';
import { lastOf, must, versionIs } from './lost.ts';
import {
  configText,
  LIST,
  listShape,
  REVOKED_OF_VERSION,
  type Said,
  SETTING,
  STEP_KINDS,
  TERMINAL,
} from './said.ts';

/** `medium`: the folder in which `state` may be; `said`: up to the cut. `scratch` takes a configuration. */
export async function judge(medium: string, said: readonly Said[], scratch: string): Promise<void> {
  const state = join(medium, 'state');
  if (!existsSync(state)) {
    must(said.length === 0, 'the state folder is gone');
    return;
  }
  const file = join(scratch, 'gate.toml');
  writeFileSync(file, configText(state));
  const folder = openStateFolder(readConfig(file), null);
  const facts = [...folder.ledger.facts(0)];
  try {
    judgeLedger(folder.ledger, facts, said);
    judgeList(folder, said);
    const { store } = await openKeyStore({ state }, undefined);
    await judgeKeys(folder, store, said);
    await judgeTrust(state, folder.ledger, said);
    await judgeInstitution(state, folder.ledger, store, said);
    await judgeEvacuation(medium, folder, store, { said, facts });
  } finally {
    await folder.close();
  }
  await judgeJournal(state, facts);
}

function judgeLedger(ledger: Ledger, facts: readonly Fact[], said: readonly Said[]): void {
  const chain = ledger.verifyChain();
  must(chain.ok, `the chain is broken: ${chain.ok ? '' : chain.why}`);
  for (const one of said) {
    if (one.of !== 'fact') continue;
    const fact = facts[one.seq - 1];
    must(fact !== undefined, `fact ${one.seq} is gone, the newest is ${facts.length}`);
    must(hash('sha256', JSON.stringify(fact)) === one.hash, `fact ${one.seq} is another one`);
  }
  const acknowledged = lastOf(said, 'acknowledged')?.seq ?? 0;
  must(ledger.acknowledged >= acknowledged, `acknowledged up to ${ledger.acknowledged} only`);
  must(ledger.acknowledged <= facts.length, 'acknowledged beyond the newest fact');
  const setting = lastOf(said, 'setting')?.value ?? 0;
  must(Number(ledger.get(SETTING) ?? 0) >= setting, `the setting ${setting} is gone`);
  judgeSteps(ledger, facts);
}

/** Steps and commands are what the facts tell: both were committed at once. */
function judgeSteps(ledger: Ledger, facts: readonly Fact[]): void {
  const told = new Map<string, unknown>();
  const commands = facts.filter(({ event }) => event === 'command.done');
  for (const { body } of facts) {
    if (body['to'] !== undefined) told.set(`${body['kind']} ${body['number']}`, body['to']);
  }
  const kept = STEP_KINDS.flatMap((kind) => ledger.steps.about(kind, 'all'));
  must(kept.length === told.size, `${kept.length} steps, the facts tell of ${told.size}`);
  for (const { kind, number, state } of kept) {
    const to = told.get(`${kind} ${number}`);
    must(to === state, `step ${kind} ${number} is ${state}, the facts say ${String(to)}`);
  }
  for (const { body } of commands) {
    must(ledger.commands.has(String(body['command'])), 'a command whose fact is there is not');
  }
}

function judgeList({ shelf }: StateFolder, said: readonly Said[]): void {
  must(shelf.dropped.length === 0, `a damaged list file: ${shelf.dropped[0]?.why}`);
  const lease = shelf.lease(LIST);
  const manifest = lease?.file.manifest ?? null;
  const now = versionIs('list', manifest?.version ?? null, said);
  if (lease === null || manifest === null) return;
  for (const row of testRows(listShape(manifest.version))) {
    const found = lease.file.find(row.key);
    must(found?.sealed.equals(row.sealed) ?? false, 'a row of the list is another one');
  }
  if (now !== null && now.version === manifest.version) {
    must(lease.confirmedAt >= (now.at ?? 0), 'a list that was confirmed is older after the cut');
  }
  lease.release();
}

async function judgeKeys(
  { ledger, clock }: StateFolder,
  keys: KeyStore,
  said: readonly Said[],
): Promise<void> {
  const identity = new TerminalIdentity({ terminal: TERMINAL, ledger, keys, clock });
  const enrolled = lastOf(said, 'identity');
  if (identity.certificate !== null) await identity.credentials();
  if (enrolled !== null) {
    const kept = identity.certificate?.toString('base64');
    must(kept === enrolled.certificate, 'the certificate of this terminal is gone');
  }
  const isActive = said.some((one) => one.of === 'list' && one.is === 'active');
  const hasKeys = await new ListKeyRing(keys, () => {}).load(LIST);
  must(hasKeys || !isActive, 'the keys of the list are gone');
}

async function judgeTrust(state: string, ledger: Ledger, said: readonly Said[]): Promise<void> {
  const pinned = pinnedPlatform(ledger);
  const trust = pinned === null ? null : await readTrust(state, pinned);
  must(trust !== 'damaged', 'what was accepted of trust is damaged');
  versionIs('trust', trust?.version ?? null, said);
  if (trust === null) return;
  const [crl] = trust.store.crls;
  trust.store.close();
  const entries = REVOKED_OF_VERSION + trust.version;
  must(crl?.entries === entries, `${crl?.entries} revocations of ${entries}`);
  must(crl.number === BigInt(trust.version), 'the revocation list of another version');
}

async function judgeInstitution(
  state: string,
  ledger: Ledger,
  keys: KeyStore,
  said: readonly Said[],
): Promise<void> {
  const pinned = pinnedPlatform(ledger);
  const loaded = pinned === null ? null : await loadInstitution(state, keys, pinned, () => {});
  const now = versionIs('institution', loaded?.version ?? null, said);
  // Between a new key and its list, the key is not used until the platform is heard: neither old nor new, never mixed.
  const isSettled = lastOf(said, 'institution') === now;
  must(loaded?.institution !== null || !isSettled, 'the key of the institution is gone');
}

async function judgeJournal(state: string, facts: readonly Fact[]): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of readJournal(state)) pieces.push(piece);
  const shown = new Set<number>();
  for (const line of Buffer.concat(pieces).toString('utf8').split('\n')) {
    const seq = seqOf(line);
    if (seq !== null) shown.add(seq);
  }
  const lost = facts.filter(({ seq }) => !shown.has(seq)).map(({ seq }) => seq);
  must(lost.length === 0, `the journal does not show facts ${lost.join(', ')}`);
}

/** Null for a line that a cut tore. */
function seqOf(line: string): number | null {
  try {
    const { seq } = JSON.parse(line) as { seq?: unknown };
    return typeof seq === 'number' ? seq : null;
  } catch {
    return null;
  }
}
