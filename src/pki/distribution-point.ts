/**
 * Which part of an authority's revocations a CRL covers (RFC 5280 5.2.5), and which CRLs a
 * certificate points to (4.2.1.13).
 */

import { context, type DerReader, TAG, X509Error } from './der.ts';
import { type Name, nameBelow, readName, readRelativeName } from './name.ts';

/** One text for general names that are the same (4.2.1.6). */
export type GeneralName = string;

/** Full names, or what is put behind the name of the CRL's issuer. */
type PointName = { readonly full: readonly GeneralName[] } | { readonly relative: string };

/** A set of ReasonFlags: bit n for reason flag n. Bit 0 is not used. */
export type Reasons = number;
export const ALL_REASONS: Reasons = 0x1fe;
const MAX_REASON_FLAG = 8;

export interface DistributionPoint {
  readonly name: PointName | null;
  readonly reasons: Reasons;
  /** Directory names of those who issue the CRL in the certificate's issuer's stead, or none. */
  readonly crlIssuers: readonly Name[] | null;
}

export interface IssuingDistributionPoint {
  readonly name: PointName | null;
  readonly onlyUserCertificates: boolean;
  readonly onlyCaCertificates: boolean;
  readonly reasons: Reasons;
  readonly indirect: boolean;
  readonly onlyAttributeCertificates: boolean;
}

const MAX_POINTS = 16;
const MAX_NAMES = 16;
const DIRECTORY_NAME = context.constructed(4);

export function directoryName(name: Name): GeneralName {
  return `directory ${name.key}`;
}

/** `issuer`: who issues the CRL, for a name that is relative to it. */
export function fullNames(point: PointName, issuer: Name): readonly GeneralName[] {
  return 'full' in point ? point.full : [directoryName(nameBelow(issuer, point.relative))];
}

/** RFC 5280 4.2.1.13 */
export function readDistributionPoints(reader: DerReader): readonly DistributionPoint[] {
  const list = reader.enter(TAG.sequence);
  const points: DistributionPoint[] = [];
  while (!list.atEnd) {
    if (points.length === MAX_POINTS) throw new X509Error('too many distribution points');
    const point = list.enter(TAG.sequence);
    const name = readPointName(point);
    const reasons = readReasons(point, 1);
    const issuers = context.constructed(2);
    const crlIssuers = point.nextIs(issuers) ? readDirectoryNames(point.enter(issuers)) : null;
    point.end();
    // RFC 5280 4.2.1.13: either must be present.
    if (name === null && crlIssuers === null) throw new X509Error('a point that names nothing');
    points.push({ name, reasons, crlIssuers });
  }
  return points;
}

/** RFC 5280 5.2.5 */
export function readIssuingDistributionPoint(reader: DerReader): IssuingDistributionPoint {
  const scope = reader.enter(TAG.sequence);
  const idp = {
    name: readPointName(scope),
    onlyUserCertificates: scope.isTrue(context.primitive(1)),
    onlyCaCertificates: scope.isTrue(context.primitive(2)),
    reasons: readReasons(scope, 3),
    indirect: scope.isTrue(context.primitive(4)),
    onlyAttributeCertificates: scope.isTrue(context.primitive(5)),
  };
  scope.end();
  return idp;
}

/** The directory names among GeneralNames; `names`: a reader of what is inside. */
export function readDirectoryNames(names: DerReader): readonly Name[] {
  return readGeneralNames(names).flatMap(({ directory }) =>
    directory === null ? [] : [directory],
  );
}

function readPointName(parent: DerReader): PointName | null {
  const wrapper = context.constructed(0);
  if (!parent.nextIs(wrapper)) return null;
  const choice = parent.enter(wrapper);
  const [full, relative] = [context.constructed(0), context.constructed(1)];
  const name = choice.nextIs(relative)
    ? { relative: readRelativeName(choice.enter(relative)) }
    : { full: readGeneralNames(choice.enter(full)).map(({ text }) => text) };
  choice.end();
  return name;
}

function readGeneralNames(
  names: DerReader,
): readonly { readonly text: GeneralName; readonly directory: Name | null }[] {
  const found = [];
  do {
    if (found.length === MAX_NAMES) throw new X509Error('too many general names');
    const { tag, content } = names.any();
    if (tag === DIRECTORY_NAME) {
      const directory = readName(content);
      found.push({ text: directoryName(directory), directory });
    } else found.push({ text: `${tag} ${content.toString('hex')}`, directory: null });
  } while (!names.atEnd);
  return found;
}

function readReasons(parent: DerReader, number: number): Reasons {
  const tag = context.primitive(number);
  if (!parent.nextIs(tag)) return ALL_REASONS;
  let reasons = 0;
  for (const bit of parent.namedBits(tag)) {
    if (bit > MAX_REASON_FLAG) throw new X509Error(`reason flag ${bit}`);
    reasons |= 1 << bit;
  }
  return reasons & ALL_REASONS;
}
