/** PouchDB on LevelDB: documents with synchronisation, what somebody would have taken instead. It has no types of its own. */

import { createRequire } from 'node:module';

export interface PouchDatabase {
  bulkDocs(docs: readonly object[]): Promise<unknown>;
  put(doc: object): Promise<unknown>;
  get(id: string): Promise<{ readonly ref: string }>;
  info(): Promise<{ readonly doc_count: number }>;
  readonly replicate: {
    to(target: PouchDatabase, options?: ReplicationOptions): Replication;
  };
  close(): Promise<void>;
}

interface ReplicationOptions {
  readonly live?: boolean;
  readonly batch_size?: number;
  readonly batches_limit?: number;
}

/** Resolves when it is done; one that is `live` goes on until it is cancelled. */
export interface Replication extends Promise<unknown> {
  /** The target has written a batch. */
  on(event: 'change', listener: (written: { readonly docs_written: number }) => void): this;
  cancel(): void;
}

/** `path`: the folder of its LevelDB, made when it is not there. */
export function openPouch(path: string): PouchDatabase {
  // Required, not imported: only the bench may need it.
  const Pouch: new (at: string) => PouchDatabase = createRequire(import.meta.url)('pouchdb-node');
  return new Pouch(path);
}
