/** What stands on a certificate, apart from how it is laid out (certificate.typ). */

/** A row of the computerised family register: what the matter is, and what is recorded of it. */
export interface RegisterRow {
  readonly label: readonly string[];
  readonly lines: readonly string[];
  /** With the sign that somebody is in the register no more (除籍). */
  readonly removed: boolean;
}

export interface FormCell {
  readonly label: string;
  readonly lines: readonly string[];
  /** To the right, as amounts stand. */
  readonly number: boolean;
}

export type Part =
  | { readonly kind: 'register'; readonly rows: readonly RegisterRow[] }
  /** One or two cells a row. */
  | { readonly kind: 'form'; readonly rows: readonly (readonly FormCell[])[] }
  | { readonly kind: 'note'; readonly lines: readonly string[] }
  /** A registered seal, character by character. */
  | { readonly kind: 'imprint'; readonly name: readonly string[] };

export interface Composition {
  readonly title: string;
  readonly parts: readonly Part[];
  /** Whether 以下余白 says that nothing was left out after the last row. */
  readonly closes: boolean;
  readonly statements: readonly string[];
  readonly day: string;
  /** Who certifies it. */
  readonly certifier: string;
  /** The seal of office, column by column from the right. */
  readonly seal: readonly (readonly string[])[];
}

/** A variation selector belongs to the character before it. */
export function charactersOf(text: string): string[] {
  return [...new Intl.Segmenter('ja', { granularity: 'grapheme' }).segment(text)].map(
    ({ segment }) => segment,
  );
}

/** Labels of two characters stand as wide as those of four. */
export function spread(label: string): string {
  const characters = charactersOf(label);
  return characters.length === 2 ? characters.join('　　') : label;
}

/** Every text of it that is set. */
export function textsOf(composition: Composition): string[] {
  const { title, parts, statements, day, certifier, seal } = composition;
  return [title, ...statements, day, certifier, ...seal.flat(), ...parts.flatMap(textsOfPart)];
}

function textsOfPart(part: Part): string[] {
  switch (part.kind) {
    case 'register':
      return part.rows.flatMap(({ label, lines }) => [...label, ...lines]);
    case 'form':
      return part.rows.flat().flatMap(({ label, lines }) => [label, ...lines]);
    case 'note':
      return [...part.lines];
    case 'imprint':
      return [...part.name];
  }
}
