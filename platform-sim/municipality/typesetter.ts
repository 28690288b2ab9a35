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

let compiler: NodeCompiler | null = null;

/** How many pages one copy has. */
export function countPages({ composition, request }: Omit<Typeset, 'copies'>): number {
  const asked = { ...composition, request, copies: 1, pagesOfCopy: 1, codes: [] };
  return compile(asked).numOfPages;
}

/**
 * The whole document, all copies one after the other. `codes`: one SVG for each sheet. Throws when sheets and codes differ
 * in number.
 */
export function typeset(
  { composition, request, copies }: Typeset,
  pagesOfCopy: number,
  codes: readonly string[],
): Buffer {
  const document = compile({ ...composition, request, copies, pagesOfCopy, codes });
  if (document.numOfPages !== codes.length) throw new Error('the document has other pages');
  const pdf = warm().pdf(document, { pdfTags: false });
  warm().evictCache(CACHED_DOCUMENTS);
  return pdf;
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
