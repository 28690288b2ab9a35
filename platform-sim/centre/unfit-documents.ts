/** Documents that no terminal should print, for scenarios: each is what its name says, and otherwise in order. */

import { DOCUMENT_BYTES_MAX } from '../../src/link/certificate-protocol.ts';

export const UNFIT_DOCUMENTS = {
  'no-pdf': () => Buffer.from('<!doctype html><title>502 Bad Gateway</title>'),
  'too-many-pages': () => pdf({ pages: 500 }),
  'with-javascript': () => pdf({ pages: 1, script: 'app.alert("kazasu")' }),
  'too-large': () => pdf({ pages: 1, padding: DOCUMENT_BYTES_MAX }),
} as const;

export type UnfitDocument = keyof typeof UNFIT_DOCUMENTS;

interface Content {
  readonly pages: number;
  readonly script?: string;
  /** Bytes of nothing that come first. */
  readonly padding?: number;
}

/** Empty sheets of A4 (ISO 32000-1 7.5): catalog, page tree, pages. */
function pdf({ pages, script, padding = 0 }: Content): Buffer {
  const kids = Array.from({ length: pages }, (_, page) => `${page + 3} 0 R`).join(' ');
  const action =
    script === undefined
      ? ''
      : `/OpenAction << /S /JavaScript /JS (${script.replaceAll(/[()\\]/gu, '\\$&')}) >>`;
  const bodies = [
    `<< /Type /Catalog /Pages 2 0 R ${action} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
    ...Array.from(
      { length: pages },
      () => '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>',
    ),
  ];
  // A comment of any length may stand before the first object.
  const head = `%PDF-1.7\n%${'-'.repeat(padding)}\n`;
  const offsets: number[] = [];
  let file = head;
  for (const [at, body] of bodies.entries()) {
    offsets.push(file.length);
    file += `${at + 1} 0 obj\n${body}\nendobj\n`;
  }
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const table = `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n${entries.join('')}`;
  const trailer = `trailer\n<< /Size ${bodies.length + 1} /Root 1 0 R >>\n`;
  return Buffer.from(`${file}${table}${trailer}startxref\n${file.length}\n%%EOF\n`, 'latin1');
}
