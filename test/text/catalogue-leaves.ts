/** Every sentence of a catalogue, by where it stands, with a mark in the place of each thing that it mentions. */

import type { Language } from '../../src/domain/screen.ts';
import { catalogueOf } from '../../src/text/index.ts';

export interface Leaf {
  /** e.g. `reasons.not-on-list.next` */
  readonly path: string;
  readonly text: string;
  /** Names of what it asked for. */
  readonly asked: readonly string[];
}

type Sentence = (given: Readonly<Record<string, string>>) => string;

export function markOf(name: string): string {
  return `<${name}>`;
}

export function leavesOf(language: Language): Leaf[] {
  return leavesBelow(catalogueOf(language), '');
}

function leavesBelow(node: unknown, path: string): Leaf[] {
  if (typeof node === 'string') return [{ path, text: node, asked: [] }];
  if (typeof node === 'function') return [called(node as Sentence, path)];
  return Object.entries(node as object).flatMap(([key, child]) =>
    leavesBelow(child, path === '' ? key : `${path}.${key}`),
  );
}

function called(sentence: Sentence, path: string): Leaf {
  const asked = new Set<string>();
  const given = new Proxy<Record<string, string>>(
    {},
    {
      get(_, name) {
        asked.add(String(name));
        return markOf(String(name));
      },
    },
  );
  const text = sentence(given);
  return { path, text, asked: [...asked].sort() };
}

/** Without the marks: the author's own words. */
export function wordsOf({ text, asked }: Leaf): string {
  return asked.reduce((rest, name) => rest.replaceAll(markOf(name), ''), text);
}
