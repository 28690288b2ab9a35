/** Inputs that once found something, in hex: tried first, in every run. */

const KEPT: Readonly<Record<string, readonly string[]>> = {};

/** Those of one decoder. */
export function kept(decoder: string): Buffer[] {
  return (KEPT[decoder] ?? []).map((hex) => Buffer.from(hex, 'hex'));
}
