/** A certificate centre in this process, with three holders, a clock that stands still, and a folder that survives restarts. */

import { createDecipheriv, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Authority, newCardKey } from '../../platform-sim/authority.ts';
import type { JudgeApplication } from '../../platform-sim/centre/applying.ts';
import { Centre, type CentreParts } from '../../platform-sim/centre/centre.ts';
import { type CheckedQuestion, QuestionFaultError } from '../../platform-sim/checked-question.ts';
import { openKeys, openStores, type Stores } from '../../platform-sim/stores.ts';
import { addTrust } from '../../platform-sim/trust.ts';
import {
  type IssueAnswer,
  type IssueManifest,
  type Offer,
  OWN_TOPOLOGY,
} from '../../src/link/certificate-protocol.ts';
import { openIssueManifest } from '../../src/pki/issue-manifest.ts';
import { certifiedBy } from '../../src/pki/signed-object.ts';
import { Chain } from '../platform/bare-terminal.ts';
import { CITY, StandInTowns, sha256, TOWN } from './stand-in-towns.ts';

export const KIOSK = 'kiosk-1';
/** A Tuesday, in the hours of every office. */
export const TUESDAY = Date.parse('2026-12-01T10:00:00+09:00');
const AUTHENTICATION = { notBefore: new Date('2026-01-01'), notAfter: new Date('2036-01-01') };

type Issued = Extract<IssueAnswer, { result: 'issued' }>;
export type Order = Parameters<Centre['issue']>[1];

/** Lives in the city, where the family register is, too. */
export const RECORD: Order = {
  ...{ document: 'resident-record', municipality: CITY, option: 'self', copies: 1, fee: 200 },
};
export const REGISTER: Order = {
  ...{ document: 'family-register-individual', municipality: TOWN, option: 'plain' },
  ...{ copies: 1, fee: 450 },
};

export class CentreRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'kazasu-centre-'));
  readonly towns = new StandInTowns();
  readonly logged: string[] = [];
  now = TUESDAY;
  clerkAfterMs: number | null = null;
  judge: JudgeApplication = () => ({ refused: 'application-refused', detail: 'no judge' });
  #stores: Stores | null = null;
  #centre: Centre | null = null;
  #keys: Awaited<ReturnType<typeof openKeys>> | null = null;
  /** What signs manifests, instead of the keys. */
  signIssue: CentreParts['keys']['signIssue'] | null = null;

  static async open(): Promise<CentreRig> {
    const rig = new CentreRig();
    const authority = await Authority.create();
    const privateKey = await newCardKey();
    const certificate = async (dates: { notBefore?: Date; notAfter?: Date } = {}) =>
      (await authority.issueUserCertificate({ privateKey, ...AUTHENTICATION, ...dates })).der;
    const [taro, hanako, jiro] = [await certificate(), await certificate(), await certificate()];
    const family = (record: string) => ({ code: TOWN, record });
    rig.towns.people.push(
      { name: '風見　太郎', der: taro, residence: CITY, family: family('F-1') },
      { name: '佐藤　花子', der: hanako, residence: CITY, family: family('F-2') },
      { name: '凪原　次郎', der: jiro, residence: CITY, family: { code: CITY, record: 'F-3' } },
    );
    rig.certificate = certificate;
    rig.reopen();
    const file = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(rig.folder, name), bytes);
      return join(rig.folder, name);
    };
    const ca = [file('ca.der', authority.caCertificate)];
    const crl = [file('crl.der', authority.crl())];
    rig.#keys = await openKeys(rig.state);
    await addTrust(rig.stores.registry, rig.#keys, { ca, crl }, Date.now());
    rig.reopen();
    rig.centre.municipalities(KIOSK, OWN_TOPOLOGY);
    return rig;
  }

  /** A certificate of the authority that is trusted, whose holder is in no register. */
  certificate: (dates?: { notBefore?: Date; notAfter?: Date }) => Promise<Buffer> = () =>
    Promise.reject(new Error('not open yet'));

  get state(): string {
    return join(this.folder, 'platform');
  }

  get stores(): Stores {
    if (this.#stores === null) throw new Error('closed');
    return this.#stores;
  }

  get books(): Stores['centre'] {
    return this.stores.centre;
  }

  get centre(): Centre {
    if (this.#centre === null) throw new Error('closed');
    return this.#centre;
  }

  /** Another process on the same folder. */
  reopen(): void {
    this.#stores?.close();
    this.#stores = openStores(this.state);
    // Programs end here, power does not: nothing has to wait for the disk.
    this.#stores.centre.db.pragma('synchronous = OFF');
    const { centre: books, register, facts } = this.#stores;
    const signIssue: CentreParts['keys']['signIssue'] = (code, content) => {
      if (this.#keys === null) throw new Error('no keys yet');
      return (this.signIssue ?? this.#keys.signIssue.bind(this.#keys))(code, content);
    };
    this.#centre = new Centre({
      ...{ books, register, facts, municipalities: this.towns, lateMs: 50 },
      keys: { signIssue },
      judge: (...asked) => this.judge(...asked),
      log: (event) => this.logged.push(event),
      now: () => this.now,
      clerkAfterMs: this.clerkAfterMs,
    });
  }

  /** As after `open`, for the next test: keys, certificates and the terminal's word about itself stay. */
  reset(): void {
    this.now = TUESDAY;
    this.clerkAfterMs = null;
    this.signIssue = null;
    this.logged.length = 0;
    this.towns.forget();
    this.reopen();
    const tables = ['issue', 'document', 'application', 'binding', 'audit', 'fault', 'told'];
    for (const table of tables) this.books.db.exec(`DELETE FROM ${table}`);
    this.centre.municipalities(KIOSK, OWN_TOPOLOGY);
  }

  close(): void {
    this.#stores?.close();
    rmSync(this.folder, { recursive: true });
  }

  /** By the place in `towns.people`, or any certificate. */
  der(who: number | Buffer): Buffer {
    if (typeof who !== 'number') return who;
    const person = this.towns.people[who];
    if (person === undefined) throw new Error(`nobody has the place ${who}`);
    return person.der;
  }

  question(who: number | Buffer, id: string = randomUUID(), terminal = KIOSK): CheckedQuestion {
    const card = { certificate: this.der(who), assurance: 'possession+pin' } as const;
    return { id, terminal, body: null, card };
  }

  issue(who: number | Buffer, order: Order = RECORD, id?: string, terminal?: string) {
    return this.centre.issue(this.question(who, id, terminal), order);
  }

  /** A registration that a clerk accepted. */
  register(who: number, municipality = TOWN): void {
    this.apply(who, municipality);
    this.accept(who);
  }

  /** One that waits for its clerk. */
  apply(who: number, municipality = TOWN): void {
    const received = { id: randomUUID(), question: '', terminal: KIOSK, received: this.now };
    const said = {
      ...{ municipality, domicile: { town: '大字鷹ノ沢', number: '12' } },
      head: { familyKana: 'かざみ', givenKana: 'いちろう' },
      holder: { name: this.towns.people[who]?.name ?? '', birth: '', address: '' },
    };
    const certificate = sha256(this.der(who));
    const filed = { expected: '2026-12-08', der: this.der(who) };
    this.books.applications.file({ ...received, certificate }, said, filed, () => '{}');
  }

  accept(who: number): void {
    const decision = { at: this.now, by: 'clerk' };
    this.books.applications.accept(this.#numberOf(who), `F-${who + 1}`, decision);
  }

  refuse(who: number): void {
    const decision = { at: this.now, by: 'clerk' };
    this.books.applications.refuse(this.#numberOf(who), 'another head', decision);
  }

  #numberOf(who: number): string {
    return this.books.applications.newestOf(sha256(this.der(who)))?.number ?? '';
  }

  born(who: number, day: string): void {
    writeFileSync(join(this.folder, 'who.der'), this.der(who));
    const csv = join(this.folder, 'born.csv');
    writeFileSync(csv, `certificate,born\nwho.der,${day}`);
    this.stores.register.take(csv);
  }

  async offers(who: number | Buffer, terminal?: string): Promise<readonly Offer[]> {
    return (await this.centre.offers(this.question(who, undefined, terminal))).offers;
  }

  /** The reason why a document is not to be had; null: it is. */
  async reason(
    who: number | Buffer,
    document: Offer['document'],
    terminal?: string,
  ): Promise<string | null> {
    const offer = (await this.offers(who, terminal)).find((each) => each.document === document);
    if (offer === undefined) return 'not offered';
    return offer.service.open ? null : offer.service.reason;
  }

  /** What the kiosk would have of an answer: both opened, neither judged. */
  async opened(answer: IssueAnswer): Promise<{ manifest: IssueManifest; pdf: string | null }> {
    const issued = issuedOf(answer);
    const keys = this.#keys;
    if (keys === null) throw new Error('no keys yet');
    const cms = Buffer.from(issued.manifest, 'base64');
    const opened = await openIssueManifest(cms, certifiedBy(keys.caCertificate), Date.now());
    return { manifest: opened.manifest, pdf: this.unsealed(issued) };
  }

  /** The document, a character a byte; null: it is not there any more. */
  unsealed({ object, key }: Issued): string | null {
    const sealed = this.centre.document(object);
    if (sealed === undefined) return null;
    expect(sha256(sealed)).toBe(object);
    const nonce = sealed.subarray(0, 12);
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
    decipher.setAuthTag(sealed.subarray(-16));
    const opened = [decipher.update(sealed.subarray(12, -16)), decipher.final()];
    return Buffer.concat(opened).toString('latin1');
  }

  /** What a terminal tells, in its own ledger. */
  async tell(chain: Chain, event: string, body: object): Promise<void> {
    const from = chain.items.length + 1;
    chain.add(body, { event });
    this.stores.facts.store(chain, from, chain.items.slice(from - 1), this.now);
    await this.centre.tick();
  }

  chain(terminal = KIOSK): Chain {
    return new Chain(terminal);
  }
}

export function issuedOf(answer: IssueAnswer): Issued {
  if (answer.result === 'issued') return answer;
  throw new Error(`refused: ${answer.reason}`);
}

/** The fault that an answer was. */
export async function faultOf(answer: Promise<unknown>): Promise<string> {
  const error = await answer.then(
    () => new Error('there was an answer'),
    (reason: unknown) => reason,
  );
  if (error instanceof QuestionFaultError) return error.fault;
  throw error;
}
