/**
 * Sets certificates: what stands on them goes to typst as data, and comes back as a PDF. One compiler for a process, kept
 * warm: the font alone has 46 MB.
 */

import path from 'node:path';
import { NodeCompiler, type NodeTypstDocument } from '@myriaddreamin/typst-ts-node-compiler';
import type { Composition } from './composition.ts';

const FOLDER = import.meta.dirname;
const TEMPLATE = path.join(FOLDER, 'certificate.typ');
const FONT_FOLDERS = ['/usr/share/fonts/truetype/ipamj', '/usr/share/fonts/truetype/bizud-gothic'];
/** What was laid out before this many documents is forgotten. */
const CACHED_DOCUMENTS = 2;

export interface Typeset {
  readonly composition: Composition;
  /** UUID; stands in the margin. */
  readonly request: string;
  readonly copies: number;
}

export interface TypesetDocument {
  readonly pdf: Buffer;
  readonly sheets: number;
}

let compiler: NodeCompiler | null = null;

/** How many pages a copy had the last time, by title: what the next one of its kind is most likely to have. */
const pagesBefore = new Map<string, number>();

/**
 * The whole document, all copies one after the other; null when it has more than `sheetsMax` sheets. `codesFor`: an SVG for
 * each sheet, when there are so many.
 *
 * How many there are is on every sheet, and only laying out tells. So it is laid out as the last one of its kind was, and
 * once more if that was wrong: nothing that depends on the number moves anything else.
 */
export function typeset(
  { composition, request, copies }: Typeset,
  sheetsMax: number,
  codesFor: (sheets: number) => readonly string[],
): TypesetDocument | null {
  const layOut = (pagesOfCopy: number): NodeTypstDocument => {
    const codes = codesFor(pagesOfCopy * copies);
    return compile({ ...composition, request, copies, pagesOfCopy, codes });
  };
  if (copies > sheetsMax) return null;
  const guess = Math.min(pagesBefore.get(composition.title) ?? 1, Math.floor(sheetsMax / copies));
  let document = layOut(guess);
  const sheets = document.numOfPages;
  if (sheets > sheetsMax) return null;
  if (sheets !== guess * copies) document = layOut(sheets / copies);
  if (document.numOfPages !== sheets) throw new Error('its numbers changed how many pages it has');
  pagesBefore.set(composition.title, sheets / copies);
  const pdf = warm().pdf(document, { pdfTags: false });
  warm().evictCache(CACHED_DOCUMENTS);
  return { pdf, sheets };
}

function compile(data: object): NodeTypstDocument {
  const compiled = warm().compile({
    mainFilePath: TEMPLATE,
    inputs: { data: JSON.stringify(data) },
  });
  if (compiled.result !== null) return compiled.result;
  const found = compiled.takeDiagnostics()?.shortDiagnostics as { message?: string }[] | undefined;
  throw new Error(`typst: ${found?.map(({ message }) => message).join('; ') ?? 'no document'}`);
}

function warm(): NodeCompiler {
  compiler ??= NodeCompiler.create({
    workspace: FOLDER,
    fontArgs: [{ fontPaths: FONT_FOLDERS }],
  });
  return compiler;
}
