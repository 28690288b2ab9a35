/** DER (ITU-T X.690), written: what few objects of ours need. */

import * as asn1js from 'asn1js';
import { context, TAG } from './der.ts';

/** INTEGER 1. */
export const VERSION_1 = Buffer.of(TAG.integer, 1, 1);
export const NULL = Buffer.of(0x05, 0);

const LONG_FORM = 0x80;

export function oid(value: string): Buffer {
  return Buffer.from(new asn1js.ObjectIdentifier({ value }).toBER());
}

/** [0] EXPLICIT. */
export function explicit(content: Uint8Array): Buffer {
  return encode(context.constructed(0), content);
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return encode(TAG.sequence, ...parts);
}

/** Tag, length in the fewest octets (X.690 10.1), content. */
export function encode(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag, ...lengthOctets(length)), ...content]);
}

function lengthOctets(length: number): readonly number[] {
  if (length < LONG_FORM) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [LONG_FORM | octets.length, ...octets];
}
