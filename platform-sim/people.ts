/**
 * The residents of Kazasu City (かざす市), which is on no map: invented people, each with a card and a
 * fate at the gate. Their names say what is the matter with them.
 */

import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CardDefinition } from '../devices/card/sim-card-definition.ts';
import type { Reason } from '../src/domain/reason.ts';
import type { Authority } from './authority.ts';
import { CARD_TIMING, type Trick, trickCard } from './card-tricks.ts';
import type { Words } from './street/messages.ts';
import type { Revocation } from './x509.ts';

/** What the gate must decide when the card is held. */
export type Decision = 'granted' | Reason;

/** Where the certificate of a card stands on the day of the event. */
type Standing = 'good' | 'renewed' | 'expired' | 'not-yet-valid' | 'revoked' | 'foreign';

/** Of everybody's card, so that whoever walks here can be anybody. */
export const CARD_PIN = '1234';
/** And the password of whoever signs with theirs. */
export const CARD_PASSWORD = 'KAZASU1';

export interface Ticket {
  readonly ticket: string;
  readonly seat: string;
  /** Empty when bought alone. */
  readonly party: string;
}

export interface Person {
  /** Family name and given name in rōmaji; what the street's commands call them. */
  readonly id: string;
  /** A space between family name and given name, so that each part can be masked. */
  readonly name: string;
  readonly kana: string;
  /** What is the matter with this person, for those who watch. */
  readonly matter: Words;
  /** YYYY-MM-DD, as the municipality knows it. */
  readonly born: string;
  readonly card: CardDefinition['kind'];
  readonly standing: Standing;
  /** Null: the own card, as it was issued. */
  readonly trick: Trick | null;
  /** Null: not on the entry list. */
  readonly ticket: Ticket | null;
  /** One decision for each time that the card is held, in this order. */
  readonly decisions: readonly Decision[];
}

function resident(
  id: string,
  name: string,
  kana: string,
  fate: Pick<Person, 'matter'> &
    Partial<Pick<Person, 'born' | 'card' | 'standing' | 'trick' | 'ticket' | 'decisions'>>,
): Person {
  return {
    id,
    name,
    kana,
    born: '1990-04-01',
    card: 'my-number',
    standing: 'good',
    trick: null,
    ticket: null,
    decisions: ['granted'],
    ...fate,
  };
}

/** A child, however long the street stands. */
const BORN_TEN_YEARS_AGO = `${new Date().getUTCFullYear() - 10}-04-01`;

function ticket(number: string, seat: string, party = ''): Ticket {
  return { ticket: number, seat, party };
}

/** In the order in which they come to the gate. */
export const PEOPLE: readonly Person[] = [
  resident('sato-hanako', '佐藤 花子', 'サトウ ハナコ', {
    matter: { ja: 'チケットあり', en: 'Has a ticket' },
    ticket: ticket('T-0001', '1塁側 A列 12番'),
  }),
  resident('kazami-taro', '風見 太郎', 'カザミ タロウ', {
    matter: { ja: 'チケットあり', en: 'Has a ticket' },
    ticket: ticket('T-0002', '1塁側 A列 13番'),
  }),
  resident('nagihara-midori', '凪原 みどり', 'ナギハラ ミドリ', {
    matter: { ja: 'チケットあり', en: 'Has a ticket' },
    ticket: ticket('T-0003', '3塁側 F列 4番'),
  }),
  resident('tomoshino-makoto', '灯野 誠', 'トモシノ マコト', {
    matter: { ja: '家族3人', en: 'Family of three' },
    ticket: ticket('T-0101', '外野 C列 21番', 'P-0101'),
  }),
  resident('tomoshino-yuko', '灯野 夕子', 'トモシノ ユウコ', {
    matter: { ja: '家族3人', en: 'Family of three' },
    ticket: ticket('T-0102', '外野 C列 22番', 'P-0101'),
  }),
  resident('tomoshino-sora', '灯野 そら', 'トモシノ ソラ', {
    matter: { ja: '家族3人', en: 'Family of three' },
    born: BORN_TEN_YEARS_AGO,
    ticket: ticket('T-0103', '外野 C列 23番', 'P-0101'),
  }),
  resident('shioji-fui', '潮路 ふい', 'シオジ フイ', {
    matter: { ja: 'リストにない', en: 'Not on the list' },
    decisions: ['not-on-list'],
  }),
  resident('sarashina-arata', '更科 新', 'サラシナ アラタ', {
    matter: { ja: 'きのう更新した', en: 'Renewed yesterday' },
    standing: 'renewed',
    ticket: ticket('T-0206', '1塁側 B列 6番'),
  }),
  resident('koyomi-furuko', '暦 古子', 'コヨミ フルコ', {
    matter: { ja: '期限切れ', en: 'Card expired' },
    standing: 'expired',
    ticket: ticket('T-0201', '1塁側 B列 1番'),
    decisions: ['certificate-expired'],
  }),
  resident('nakushi-monota', '奈久志 物太', 'ナクシ モノタ', {
    matter: { ja: '失効している', en: 'Card revoked' },
    standing: 'revoked',
    ticket: ticket('T-0202', '1塁側 B列 2番'),
    decisions: ['certificate-revoked'],
  }),
  resident('ashitada-hajime', '明日田 初', 'アシタダ ハジメ', {
    matter: { ja: 'まだ使えない', en: 'Not valid yet' },
    standing: 'not-yet-valid',
    ticket: ticket('T-0203', '1塁側 B列 3番'),
    decisions: ['certificate-not-yet-valid'],
  }),
  resident('tonari-machiko', '隣 町子', 'トナリ マチコ', {
    matter: { ja: 'よその発行元', en: 'Unknown issuer' },
    standing: 'foreign',
    ticket: ticket('T-0204', '1塁側 B列 4番'),
    decisions: ['certificate-untrusted'],
  }),
  resident('hayase-denwa', '早瀬 でんわ', 'ハヤセ デンワ', {
    matter: { ja: 'スマートフォン', en: 'Phone' },
    card: 'phone',
    ticket: ticket('T-0205', '1塁側 B列 5番'),
    decisions: ['phone-not-supported'],
  }),
  resident('norikae-susumu', '乗換 すすむ', 'ノリカエ ススム', {
    matter: { ja: '交通カード', en: 'Transit card' },
    card: 'transit',
    decisions: ['card-not-supported'],
  }),
  resident('futada-kae', '二田 かえ', 'フタダ カエ', {
    matter: { ja: '2回かざす人', en: 'Comes twice' },
    ticket: ticket('T-0301', '3塁側 G列 9番'),
    decisions: ['granted', 'already-entered'],
  }),
  resident('utsushi-kagemi', '写 かげみ', 'ウツシ カゲミ', {
    matter: { ja: '写したカード', en: 'Copied card' },
    trick: { how: 'clone', of: 'sato-hanako' },
    decisions: ['possession-not-proved'],
  }),
  resident('rokuon-mawaru', '録音 まわる', 'ロクオン マワル', {
    matter: { ja: '署名の使い回し', en: 'Replays a signature' },
    trick: { how: 'replay', of: 'kazami-taro' },
    decisions: ['possession-not-proved'],
  }),
  // The card is the real one: where its PIN is not asked for, this is its holder.
  resident('hazama-hasamu', '間 はさむ', 'ハザマ ハサム', {
    matter: { ja: '暗証番号のうそ', en: 'Fakes the PIN' },
    trick: { how: 'interpose', of: 'nagihara-midori' },
    decisions: ['already-entered'],
  }),
  // Not prevented, and shown for that: nothing measures how far away a card is.
  resident('nakatsugi-yuku', '中継 ゆく', 'ナカツギ ユク', {
    matter: { ja: '遠くから中継', en: 'Relays a far card' },
    trick: { how: 'relay', of: 'rusu-iemi' },
  }),
  resident('rusu-iemi', '留守 家美', 'ルス イエミ', {
    matter: { ja: '中継された人', en: 'Was relayed' },
    ticket: ticket('T-0302', '3塁側 G列 10番'),
    decisions: ['already-entered'],
  }),
];

export interface Resident {
  readonly person: Person;
  /** DER of the user-authentication certificate; null for a card that has none. */
  readonly certificate: Buffer | null;
  /** That of the card before, for a card that was renewed after the tickets were sold. */
  readonly certificateBefore: Buffer | null;
  /** What the simulated reader is given to hold. */
  readonly card: CardDefinition;
  /** DER of the certificate that signs in this person's name; absent on a card that has none. */
  readonly signing?: Buffer;
}

export interface Population {
  readonly residents: readonly Resident[];
  /** DER: whom `authority` has revoked. */
  readonly crl: Buffer;
  readonly revoked: readonly Revocation[];
}

interface Keys {
  readonly certificate: Buffer;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

/** Days from today at which each certificate begins and ends. */
const VALIDITY: Readonly<Record<Standing, readonly [number, number]>> = {
  good: [-400, 1400],
  renewed: [-1, 1800],
  revoked: [-400, 1400],
  foreign: [-400, 1400],
  expired: [-300, -2],
  'not-yet-valid': [30, 1800],
};

/** The card before, in these days, of whoever has a new one. */
const VALIDITY_BEFORE = [-1500, 300] as const;

/**
 * Gives every resident a card. With a `directory`, keys and certificates are kept there, and the
 * same cards come back as long as their dates still fit the person: entry lists know people by the
 * exact certificate. `authorityKey`: EF 0016 of their cards; without it no card proves its key.
 */
export async function populate(
  authority: Authority,
  foreignAuthority: Authority,
  directory?: string,
  authorityKey?: Uint8Array,
): Promise<Population> {
  if (directory !== undefined) await mkdir(directory, { recursive: true, mode: 0o700 });
  const own = await Promise.all(
    PEOPLE.map(async (person): Promise<Resident> => {
      if (person.card === 'transit')
        return {
          person,
          certificate: null,
          certificateBefore: null,
          card: { kind: person.card },
        };
      const issuer = person.standing === 'foreign' ? foreignAuthority : authority;
      const keys = await keysOf(person, issuer, directory);
      const { certificate } = keys;
      const certificateBefore =
        person.standing === 'renewed' ? await cardBefore(person, issuer, directory) : null;
      const card = { ...cardOf(person, issuer, keys), ...proves(authorityKey) };
      return { person, certificate, certificateBefore, card };
    }),
  );
  const residents = own.map((resident) => tricked(resident, own));
  const at = new Date(Date.now() - DAY_MS);
  const revoked = residents.flatMap(({ person, certificate, certificateBefore }) => {
    const gone = person.standing === 'revoked' ? certificate : certificateBefore;
    return gone === null ? [] : [{ serial: serialOf(gone), at, reason: 'superseded' as const }];
  });
  const thisUpdate = new Date(Date.now() - 60_000);
  // JPKI issues one a day; a street that is left alone for a while should not go stale while one
  // looks at it.
  const nextUpdate = new Date(thisUpdate.getTime() + 7 * DAY_MS);
  return { residents, revoked, crl: authority.crl({ revoked, thisUpdate, nextUpdate }) };
}

function cardOf(person: Person, issuer: Authority, keys: Keys): CardDefinition {
  return {
    kind: person.card,
    userCertificate: keys.certificate.toString('base64'),
    userCaCertificate: issuer.caCertificate.toString('base64'),
    userPrivateKey: keys.privateKeyPem,
    pin: CARD_PIN,
    timing: CARD_TIMING,
  };
}

/** Of the card that a resident had before; its key went with it. */
async function cardBefore(person: Person, issuer: Authority, directory?: string): Promise<Buffer> {
  const file = directory === undefined ? null : path.join(directory, `${person.id}-before.der`);
  const kept = file !== null && existsSync(file) ? await readFile(file) : null;
  if (kept !== null && isOf(kept, issuer)) return kept;
  const { der } = await issuer.issueUserCertificate(datesOf(VALIDITY_BEFORE));
  if (file !== null) await writeFile(file, der);
  return der;
}

function proves(authorityKey?: Uint8Array): Pick<CardDefinition, 'authorityKey'> {
  if (authorityKey === undefined) return {};
  return { authorityKey: Buffer.from(authorityKey).toString('base64') };
}

/** Of a trickster's own card, the key alone is left. */
function tricked(resident: Resident, all: readonly Resident[]): Resident {
  const { trick } = resident.person;
  if (trick === null) return resident;
  const victim = all.find(({ person }) => person.id === trick.of);
  if (victim === undefined) throw new Error(`nobody is called ${trick.of}`);
  const card = trickCard(trick.how, resident.card, victim.card);
  return { ...resident, certificate: victim.certificate, card };
}

async function keysOf(person: Person, issuer: Authority, directory?: string): Promise<Keys> {
  if (directory === undefined) return newKeys(person, issuer);
  const certificateFile = path.join(directory, `${person.id}.der`);
  const keyFile = path.join(directory, `${person.id}-key.pem`);
  const kept = existsSync(certificateFile) ? await readFile(certificateFile) : null;
  if (kept !== null && stillFits(kept, person, issuer))
    return { certificate: kept, privateKeyPem: await readFile(keyFile, 'utf8') };
  const keys = await newKeys(person, issuer);
  await writeFile(keyFile, keys.privateKeyPem, { mode: 0o600 });
  // Last: where it is, the key is.
  await writeFile(certificateFile, keys.certificate);
  return keys;
}

async function newKeys(person: Person, issuer: Authority): Promise<Keys> {
  const dates = datesOf(VALIDITY[person.standing]);
  const { der, privateKeyPem } = await issuer.issueUserCertificate(dates);
  return { certificate: der, privateKeyPem };
}

function datesOf([begin, end]: readonly [number, number]): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(Date.now() + begin * DAY_MS),
    notAfter: new Date(Date.now() + end * DAY_MS),
  };
}

function isOf(der: Buffer, issuer: Authority): boolean {
  return new X509Certificate(der).verify(new X509Certificate(issuer.caCertificate).publicKey);
}

function stillFits(der: Buffer, person: Person, issuer: Authority): boolean {
  const certificate = new X509Certificate(der);
  if (!isOf(der, issuer)) return false;
  if (person.standing === 'expired') return true;
  return person.standing === 'not-yet-valid'
    ? certificate.validFromDate.getTime() > Date.now() + DAY_MS
    : certificate.validToDate.getTime() > Date.now() + YEAR_MS / 12;
}

function serialOf(der: Buffer): Buffer {
  return Buffer.from(new X509Certificate(der).serialNumber, 'hex');
}
