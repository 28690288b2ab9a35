/**
 * Versions of entry lists that were refused for what they are, or for want of room: the same statement again, which
 * comes with every new head and every new link, is not fetched and built again to be refused again.
 */

import { headroom } from '../store/disk.ts';
import type { Head } from './protocol.ts';
import { Rejection } from './rejection.ts';

type Known = { readonly manifest: string } & (
  | { readonly rejection: Rejection }
  /** So much room was not enough. */
  | { readonly bytes: number }
);

export class RefusedVersions {
  readonly #known = new Map<string, Known>();

  /** Throws the Rejection of before where nothing has changed. `directory`: where room is needed. */
  mustBeTried({ list, manifest }: Head, directory: string): void {
    const known = this.#known.get(list);
    if (known?.manifest !== manifest) return;
    if ('rejection' in known) throw known.rejection;
    const free = headroom(directory);
    if (free > known.bytes) return;
    throw new Rejection('disk-full', `${free} bytes free, more than ${known.bytes} needed`);
  }

  /** Signed so, and so for ever. */
  forGood({ list, manifest }: Head, rejection: Rejection): void {
    this.#known.set(list, { manifest, rejection });
  }

  /** Not before there is more room than `bytes`. */
  forWantOfRoom({ list, manifest }: Head, bytes: number): void {
    this.#known.set(list, { manifest, bytes });
  }
}
