/**
 * NIST's PKITS (Public Key Interoperability Test Suite), as a JSON file of cases, certificates and
 * CRLs, put to our own path validation. The file is not part of the project; whoever has it runs
 * `npm run conformance -- pkits FILE`.
 */

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type PathVerdict, validatePath } from '../../src/pki/path-validation.ts';

/** Where CI has it: beside the checkout. */
export const PKITS_FILE = path.resolve(import.meta.dirname, '../../../shared/data/pkits-core.json');
/** When the certificates of the set are meant to be looked at. */
export const PKITS_NOW = Date.UTC(2024, 0, 15);

const NAMES = z.array(z.string()).max(16);
const VALUES = z.record(z.string(), z.base64());
const FILE = z.object({
  tests: z
    .array(
      z.object({
        title: z.string(),
        /** From the anchor to the certificate that is asked about. */
        certs: NAMES.min(2),
        crls: NAMES,
        should_validate: z.boolean(),
      }),
    )
    .min(1),
  certs: VALUES,
  crls: VALUES,
});

/** DER throughout. */
export interface PkitsCase {
  readonly title: string;
  readonly anchor: Buffer;
  readonly intermediates: readonly Buffer[];
  readonly certificate: Buffer;
  readonly crls: readonly Buffer[];
  readonly valid: boolean;
}

/** Throws for a file that can't be read or that is no such set. */
export async function readPkits(file: string): Promise<readonly PkitsCase[]> {
  const set = FILE.parse(JSON.parse(await readFile(file, 'utf8')));
  const pick = (values: Readonly<Record<string, string>>, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`${name} is named and not there`);
    return Buffer.from(value, 'base64');
  };
  return set.tests.map(({ title, certs, crls, should_validate }) => {
    const chain = certs.map((name) => pick(set.certs, name));
    const [anchor, certificate] = [chain[0], chain.at(-1)];
    if (anchor === undefined || certificate === undefined) throw new RangeError('no certificates');
    return {
      title,
      anchor,
      intermediates: chain.slice(1, -1),
      certificate,
      crls: crls.map((name) => pick(set.crls, name)),
      valid: should_validate,
    };
  });
}

export function judgePkits({ certificate, anchor, ...rest }: PkitsCase): PathVerdict {
  return validatePath(certificate, { ...rest, anchors: [anchor] }, PKITS_NOW);
}
