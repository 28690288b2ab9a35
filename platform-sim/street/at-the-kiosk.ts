/** What people do around the kiosk that is no card: money, clerks who decide, and whether a paper is what it says. */

import { timeInJapan } from '../../src/domain/japan-time.ts';
import { municipalityOf } from '../municipality/municipalities.ts';
import { DOCUMENT_TITLES } from '../municipality/titles.ts';
import type { PaperVerdict, SheetFault } from '../municipality/verify-paper.ts';
import type { Request } from './requests.ts';
import type { Street } from './world.ts';

const FAULTS: Readonly<Record<SheetFault, string>> = {
  'no-code': 'コードが読めません / no code that can be read',
  'not-signed': 'にせものです / FORGED: no municipality signed this',
  'of-another-order':
    '別の証明書の紙です / NOT ONE PAPER: of another certificate than the sheets before it',
  twice: '同じ紙が2回あります / NOT ONE PAPER: this sheet was there before',
};
/** Null for a request that is about something else. Rejects with why not. */
export async function obeyAtKiosk(street: Street, request: Request): Promise<string | null> {
  const { centre } = street;
  switch (request.do) {
    case 'pay':
      await unitAt(street, request.at).insert(request.piece);
      return `${request.piece} yen were put in`;
    case 'touch': {
      const place = street.place(request.at);
      await unitAt(street, request.at).touch(request.who ?? place.heldCard ?? 'somebody');
      return 'e-money was held to the payment unit';
    }
    case 'take-change':
      return `${await unitAt(street, request.at).takeTray()} yen lay in the tray`;
    case 'applications':
      return centre
        .applications()
        .map(({ number, state, municipality, name }) =>
          [number, state.padEnd(8), municipality, name].join('  '),
        )
        .join('\n');
    case 'accept':
      centre.accept(request.number);
      return `application ${request.number} was accepted`;
    case 'refuse':
      centre.refuse(request.number);
      return `application ${request.number} was refused`;
    default:
      return null;
  }
}

/** What the codes of a paper say, a line each sheet. `paper`: a PDF, or the text of a code. */
export async function verified(street: Street, paper: string | Uint8Array): Promise<string> {
  return inWords(await street.centre.verify(paper));
}

function inWords({ sheets, missing }: PaperVerdict): string {
  const lines = sheets.map((sheet) => {
    if (!sheet.genuine) return FAULTS[sheet.fault];
    const { municipality, document, issuedAt, page, pages, request } = sheet.code;
    const { name } = municipalityOf(municipality);
    const when = timeInJapan(issuedAt.getTime());
    return [
      `本物です。${name}が${when}に発行した${DOCUMENT_TITLES[document]}、${pages}枚のうち${page}枚目。`,
      `Genuine: ${name} issued this ${document} on ${when} (Japan), sheet ${page} of ${pages}; request ${request}.`,
    ].join('\n');
  });
  return [...lines, ...(missing.length > 0 ? [`Not here: sheet ${missing.join(', ')}.`] : [])].join(
    '\n',
  );
}

function unitAt(street: Street, at?: string) {
  const { id, payment } = at === undefined ? street.kiosk : street.place(at);
  if (payment === null) throw new Error(`nothing is paid at ${id}`);
  return payment;
}
