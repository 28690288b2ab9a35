/** An issuing server with cards of its own, and what paper shows of what it issued. */

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { Coverage } from '../../platform-sim/municipality/coverage.ts';
import {
  type AskedIssue,
  type IssuedDocument,
  type IssuingServer,
  issueDocument,
} from '../../platform-sim/municipality/issue.ts';
import { type Raster, rasterise } from '../../platform-sim/municipality/raster.ts';
import { Registers } from '../../platform-sim/municipality/registers.ts';
import { SHEETS_MAX } from '../../src/domain/municipal-certificate.ts';
import { sha256 } from './digest.ts';

/** 25 November 2026, 16:58 in Japan. */
export const AT = Date.parse('2026-11-25T07:58:00Z');
export const TAKANOSAWA = '990011';
export const SHIOMI = '990029';
export const KAZASU = '990037';
export const TOMOSHIGAHAMA = '990053';

export function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

export interface Issuing extends IssuingServer {
  readonly paperKey: ReturnType<typeof newKey>;
}

/** The font has 46 MB: once is enough. */
let coverage: Promise<Coverage> | null = null;

export async function openIssuing(registers = new Registers()): Promise<Issuing> {
  const paperKey = newKey();
  coverage ??= Coverage.open();
  return { registers, coverage: await coverage, paperKey, keyOf: () => paperKey.privateKey };
}

/** Gives a person a card: any bytes do for its certificate. Returns them. */
export function giveCard({ registers }: Pick<Issuing, 'registers'>, person: string): Buffer {
  const certificate = randomBytes(900);
  for (const record of [`family/${person}`, `resident/${person}`])
    if (registers.has(record)) registers.linkHolder(record, certificate);
  return certificate;
}

export function ask(certificate: Uint8Array, more: Partial<AskedIssue> = {}): AskedIssue {
  return {
    request: randomUUID(),
    document: 'family-register-individual',
    municipality: TAKANOSAWA,
    option: 'plain',
    copies: 1,
    certificate: sha256(certificate),
    at: AT,
    ...more,
  };
}

/** What is issued to somebody who just got a card. */
export function issueTo(
  issuing: Issuing,
  person: string,
  more: Partial<AskedIssue> = {},
): IssuedDocument {
  return issued(issueDocument(ask(giveCard(issuing, person), more), issuing));
}

export function issued(result: ReturnType<typeof issueDocument>): IssuedDocument {
  if ('refused' in result) throw new Error(`refused: ${result.refused}`);
  return result;
}

export function pagesOf({ pdf }: Pick<IssuedDocument, 'pdf'>, dpi?: number): Promise<Raster[]> {
  return rasterise(pdf, { pagesMax: SHEETS_MAX, ...(dpi !== undefined && { dpi }) });
}

/** In millimetres from the top left of an A4 page. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const PAGE_MM = 210;
/** Darker than the rings and 見本. */
const INK = 100;

/** Whether each pixel of the area has ink, row by row. */
export function inkIn({ width, height, grey }: Raster, area: Area): boolean[][] {
  const scale = width / PAGE_MM;
  const rows: boolean[][] = [];
  const [left, top] = [Math.round(area.x * scale), Math.round(area.y * scale)];
  const [right, bottom] = [left + area.width * scale, top + area.height * scale];
  expect(right <= width && bottom <= height).toBe(true);
  for (let y = top; y < bottom; y += 1) {
    const row: boolean[] = [];
    for (let x = left; x < right; x += 1) row.push((grey[y * width + x] ?? 0) < INK);
    rows.push(row);
  }
  return rows;
}

/** Of all pixels, 0 to 1. */
export function share(ink: readonly (readonly boolean[])[]): number {
  const pixels = ink.flat();
  return pixels.filter(Boolean).length / pixels.length;
}
