/** The papers that came out at all places in one run, numbered in the order in which they were seen. */

import type { PapersShown } from './messages.ts';
import type { Place } from './place.ts';
import type { Paper } from './receipt-stack.ts';

const PAPERS_SHOWN = 24;

/** Where it came out, and the paper. */
interface CameOut {
  readonly place: string;
  readonly paper: Paper;
}

export class PaperPile {
  /** By number. */
  readonly #papers = new Map<number, CameOut>();
  /** By place: the number that the last one has there. */
  readonly #seen = new Map<string, number>();
  #total = 0;

  /** What came out since `add` was told of it last. */
  async look(places: readonly Pick<Place, 'id' | 'newPapers'>[]): Promise<readonly CameOut[]> {
    const found = places.map(async (place) => {
      const papers = await place.newPapers(this.#seen.get(place.id) ?? 0);
      return papers.map((paper) => ({ place: place.id, paper }));
    });
    return (await Promise.all(found)).flat();
  }

  add(cameOut: readonly CameOut[]): void {
    for (const { place, paper } of cameOut) {
      this.#total += 1;
      this.#seen.set(place, paper.number);
      this.#papers.set(this.#total, { place, paper });
    }
    for (const number of this.#papers.keys()) {
      if (number <= this.#total - PAPERS_SHOWN) this.#papers.delete(number);
    }
  }

  /** Another run has begun. */
  forget(): void {
    this.#papers.clear();
    this.#seen.clear();
    this.#total = 0;
  }

  /** The drawing of a paper, or null. */
  svgOf(number: number): string | null {
    return this.#papers.get(number)?.paper.svg ?? null;
  }

  /** What it was printed from; null for a paper that is no certificate. */
  pdfOf(number: number): Uint8Array | null {
    return this.#papers.get(number)?.paper.pdf ?? null;
  }

  shown(run: string): PapersShown {
    const newest = [...this.#papers].reverse();
    return {
      total: this.#total,
      newest: newest.map(([number, { place, paper }]) => ({
        number,
        place,
        complete: paper.complete,
        isCertificate: paper.pdf !== undefined,
        svg: `/papers/${run}/${number}.svg`,
        ...sizeOf(paper.svg),
        text: paper.text,
      })),
    };
  }
}

function sizeOf(svg: string): { readonly width: number; readonly height: number } {
  const [, width = '0', height = '0'] = /viewBox="0 0 (\d+) (\d+)"/u.exec(svg) ?? [];
  return { width: Number(width), height: Number(height) };
}
