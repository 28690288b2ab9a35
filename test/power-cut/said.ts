/** What a terminal of the story tells others, from when on it may not be otherwise after a power cut. */

import { hash } from 'node:crypto';

/** What is replaced as a whole: begun, and then there. In between it is the one before or the one begun. */
export interface SaidOfVersion {
  readonly of: 'list' | 'trust' | 'institution' | 'alert';
  readonly is: 'begun' | 'active';
  readonly version: number;
  /** When the platform confirmed it, of a list: ms since the epoch. */
  readonly at?: number;
}

export type Said =
  /** Begun: from here on something of it may be on the medium. */
  | SaidOfVersion
  | { readonly of: 'fact'; readonly seq: number; readonly hash: string }
  /** The platform was heard to hold every fact up to this one. */
  | { readonly of: 'acknowledged'; readonly seq: number }
  | { readonly of: 'setting'; readonly value: number }
  /** The certificate that the platform gave; base64 DER. */
  | { readonly of: 'identity'; readonly certificate: string }
  /** Somebody who is on no list was told that they are taken in: this is what knows them again. */
  | { readonly of: 'mark'; readonly mark: string }
  /** The stick may be pulled: these facts are on it. `key`: by which the municipality opens them, PEM. */
  | { readonly of: 'stick'; readonly from: number; readonly upto: number; readonly key: string };

export const TERMINAL = 'gate-1';
export const LIST = 'stadium';
/** In the watched folder: another medium, whose power goes with the first one's. */
export const STICK = 'stick';
/** Stands for the certificate of somebody who is on no list. */
export const CARD = Buffer.from('a certificate that is on no list');
/** Where somebody is taken in, and by whose list. */
export const SHELTER = { list: 'evacuees-990029', shelter: 'shiomi-elementary' } as const;
export const SETTING = 'story';
export const STEP_KINDS = ['receipt', 'charge', 'sheet'] as const;
/** Entries of the revocation list of a version: so many that an index has several pages. */
export const REVOKED_OF_VERSION = 300;

export function listShape(version: number) {
  return { list: LIST, version, rows: 90, chunkRows: 30 };
}

/** Serial numbers that version `version` of the trust revokes, eight octets each. */
export function revokedIn(version: number): Buffer[] {
  return Array.from({ length: REVOKED_OF_VERSION + version }, (_, n) => {
    const serial = Buffer.alloc(8, 1);
    serial.writeUInt32BE(version, 0);
    serial.writeUInt32BE(n + 1, 4);
    serial[0] = 1;
    return serial;
  });
}

/** What happened, in the words of that message about the alert. */
export function alertText(version: number): string {
  return `汐見川の水位は、第${version}報です。`;
}

export function personOf(name: string) {
  return { ref: hash('sha256', name).slice(0, 32), name, kana: 'もりかわ はつ' };
}

/** Of a gate whose state folder this is. */
export function configText(state: string): string {
  return `profile = "gate"
name = "${TERMINAL}"
state = "${state}"
[platform]
url = "ws://127.0.0.1:1/terminals"
[card]
driver = "simulated"
[receipt]
driver = "simulated"
[place]
municipality = "990029"
district = "kawara"
[services.event-entry]
list = "${LIST}"
`;
}
