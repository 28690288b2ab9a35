/**
 * Distinguished names as RFC 5280 7.1 compares them: whoever writes the same name with other
 * letters, blanks or string types still means the same CA.
 */

import { DerReader, TAG, X509Error } from './der.ts';

export interface Name {
  /** One canonical text for each RDN, in order. */
  readonly parts: readonly string[];
  /** One text for names that are the same, and for no others. */
  readonly key: string;
}

const MAX_NAME_BYTES = 4096;
const MAX_ATTRIBUTES = 64;
const COMMON_NAME = '2.5.4.3';

/**
 * The string types that are compared as text: UTF8String and PrintableString, as 7.1 asks, and
 * IA5String, as 7.3 (domain components) does. All others are compared octet by octet, which it
 * allows.
 */
const TEXT_TAGS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);

/** `der`: a Name. Throws X509Error on what is none, on one without end, and on an empty one. */
export function readName(der: Uint8Array): Name {
  if (der.length > MAX_NAME_BYTES) throw new X509Error(`${der.length} bytes of name`);
  const file = new DerReader(der);
  const list = file.enter(TAG.sequence);
  file.end();
  const parts: string[] = [];
  while (!list.atEnd) parts.push(readRelativeName(list.enter(TAG.set)));
  // RFC 5280 4.1.2.4, 4.1.2.6: issuers have a name, and so does everything that a path chains to.
  if (parts.length === 0) throw new X509Error('name is empty');
  return nameOf(parts);
}

/** RFC 5280 4.2.1.13: a name that is given by its last RDN alone. */
export function nameBelow({ parts }: Name, relative: string): Name {
  return nameOf([...parts, relative]);
}

function nameOf(parts: readonly string[]): Name {
  return { parts, key: JSON.stringify(parts) };
}

/** The inside of a RelativeDistinguishedName: a set, so the order of attributes says nothing. */
export function readRelativeName(set: DerReader): string {
  const attributes: string[] = [];
  do {
    if (attributes.length === MAX_ATTRIBUTES) throw new X509Error('too many attributes in a name');
    const attribute = set.enter(TAG.sequence);
    const type = attribute.oid();
    const { tag, content } = attribute.any();
    attribute.end();
    const value = TEXT_TAGS.has(tag)
      ? `=${prepared(content)}`
      : `#${tag}:${content.toString('hex')}`;
    attributes.push(type + value);
  } while (!set.atEnd);
  return JSON.stringify(attributes.sort());
}

/** RFC 4518 2.2 to 2.6 as far as names of CAs need it: case and insignificant blanks. */
function prepared(content: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    throw new X509Error('text of a name is not UTF-8', { cause: error });
  }
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}

/** The common name; null when there is not exactly one. `der`: a Name that the platform's CA wrote, so its form is beyond doubt. */
export function commonNameOf(der: Buffer): string | null {
  const found: string[] = [];
  const list = new DerReader(der).enter(TAG.sequence);
  while (!list.atEnd) {
    const set = list.enter(TAG.set);
    while (!set.atEnd) {
      const attribute = set.enter(TAG.sequence);
      const type = attribute.oid();
      const { content } = attribute.any();
      if (type === COMMON_NAME) found.push(content.toString('utf8'));
    }
  }
  const [name, ...further] = found;
  return further.length > 0 ? null : (name ?? null);
}
