/**
 * A page like a certificate's, for the process that looks at documents: whoever has been through one has its code compiled,
 * and does the first real one in half the time.
 */

import { PDFDocument, type PDFPage } from '@cantoo/pdf-lib';

const A4: [number, number] = [595.28, 841.89];
const MODULE = 4;
const RING = 14;
const RINGS_EACH_WAY = 10;

/** A QR code of version 1. It says nothing that counts anywhere. */
const CODE = [
  '#######.....#.#######',
  '#.....#...#.#.#.....#',
  '#.###.#...###.#.###.#',
  '#.###.#.#.#.#.#.###.#',
  '#.###.#.##..#.#.###.#',
  '#.....#..#.#..#.....#',
  '#######.#.#.#.#######',
  '.....................',
  '##...###...#....##...',
  '..####...#####.###...',
  '####..##..#.#.##..###',
  '#.#.##.#########.##..',
  '.####.#.#..#######.#.',
  '........#...#.....###',
  '#######.#.##.#..##...',
  '#.....#.#.....#..###.',
  '#.###.#...##.#..#.#..',
  '#.###.#...#####...#..',
  '#.###.#..#####.###.##',
  '#.....#.#######.....#',
  '#######.##..#..#..#..',
] as const;

export async function rehearsalDocument(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const page = document.addPage(A4);
  for (let ring = 0; ring < RINGS_EACH_WAY ** 2; ring += 1) {
    const [x, y] = [ring % RINGS_EACH_WAY, Math.floor(ring / RINGS_EACH_WAY)];
    page.drawCircle({ x: x * RING * 2, y: y * RING * 2, size: RING, borderWidth: 1, opacity: 0 });
  }
  drawCode(page);
  return document.save();
}

function drawCode(page: PDFPage): void {
  for (const [row, modules] of CODE.entries()) {
    for (const [column, module] of [...modules].entries()) {
      if (module === '.') continue;
      const [x, y] = [MODULE * (column + 10), MODULE * (50 - row)];
      page.drawRectangle({ x, y, width: MODULE, height: MODULE });
    }
  }
}
