/**
 * What a terminal works with now, which need not be what its disk has: a start uses nothing of a platform that it does
 * not know, and nothing that is damaged.
 */

/** Roots, in hex; null while nothing is in use. */
export interface InUse {
  readonly trust: string | null;
  readonly institution: string | null;
}
