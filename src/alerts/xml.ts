/**
 * XML as far as an alert may use it: elements of one namespace and text. No document type, no entity but the five of XML
 * itself, no processing instruction, no attribute: nothing in it can grow, or reach for something outside.
 *
 * `saxes` reads it as a stream, so that a limit ends the reading where it is passed. It knows no entity that a document
 * declares, and a document that declares any is refused at its first `<!`.
 */

import { SaxesParser, type SaxesTagNS } from 'saxes';
import { ALERT_BYTES_MAX } from '../link/alert-protocol.ts';
import { AlertError } from './alert-error.ts';

export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** Without children: its text, as it stands. With children: empty. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const DEPTH_MAX = 8;
const ELEMENTS_MAX = 4_000;
const XMLNS = 'http://www.w3.org/2000/xmlns/';

interface Open {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** The root of a document whose elements are all of `namespace`. Throws AlertError. */
export function readXml(bytes: Uint8Array, namespace: string): XmlElement {
  if (bytes.length > ALERT_BYTES_MAX) {
    throw new AlertError('too-large', `${bytes.length} bytes; ${ALERT_BYTES_MAX} at most`);
  }
  const reading = new Reading(namespace);
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('xmldecl', ({ encoding = 'UTF-8', version = '1.0' }) => {
    if (encoding.toUpperCase() !== 'UTF-8' || version !== '1.0') {
      throw new AlertError('not-xml', 'not XML 1.0 in UTF-8');
    }
  });
  parser.on('doctype', () => refuse('a document type'));
  parser.on('processinginstruction', () => refuse('a processing instruction'));
  parser.on('opentag', (tag) => reading.open(tag));
  parser.on('text', (text) => reading.text(text));
  parser.on('cdata', (text) => reading.text(text));
  parser.on('closetag', () => reading.close());
  parser.on('error', () => {
    throw new AlertError('not-xml', 'not well-formed, or with an entity of its own');
  });
  parser.write(textOf(bytes)).close();
  return reading.root();
}

class Reading {
  readonly #namespace: string;
  readonly #path: Open[] = [];
  #count = 0;
  #root: XmlElement | null = null;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  open({ uri, local, attributes }: SaxesTagNS): void {
    this.#count += 1;
    if (this.#count > ELEMENTS_MAX || this.#path.length >= DEPTH_MAX) {
      throw new AlertError('too-large', 'more elements, or deeper ones, than an alert has');
    }
    if (uri !== this.#namespace) throw new AlertError('not-cap-1.2', otherNamespace(uri));
    if (Object.values(attributes).some((each) => each.uri !== XMLNS)) refuse('an attribute');
    this.#path.push({ name: local, text: '', children: [] });
  }

  text(text: string): void {
    const element = this.#path.at(-1);
    if (element !== undefined) element.text += text;
  }

  close(): void {
    const closed = this.#path.pop();
    if (closed === undefined) throw new Error('an element ended that did not begin');
    const { name, text, children } = closed;
    if (children.length > 0 && text.trim() !== '') {
      throw new AlertError('malformed', 'text beside elements');
    }
    const element = { name, text: children.length > 0 ? '' : text, children };
    const parent = this.#path.at(-1);
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
  }

  root(): XmlElement {
    if (this.#root === null) throw new AlertError('not-xml', 'there is no element');
    return this.#root;
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new AlertError('not-xml', 'not UTF-8', { cause: error });
  }
}

function refuse(what: string): never {
  throw new AlertError('external', `with ${what}, which an alert does not have`);
}

function otherNamespace(uri: string): string {
  const version = /^urn:oasis:names:tc:emergency:cap:(1\.[01])$/u.exec(uri)?.[1];
  return version === undefined ? 'an element that is not of CAP' : `CAP ${version}, not 1.2`;
}
