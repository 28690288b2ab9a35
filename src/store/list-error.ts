/** What can be wrong with an entry list on disk, or with the chunks that it is built from. */

/**
 * - `chunk-hash`: a chunk is not what the manifest names
 * - `root`: the chunk hashes do not give the manifest's root
 * - `truncated`: a chunk is missing
 * - `too-large`: a chunk or the number of rows is over the protocol's limit
 * - `order`: a key is not greater than the one before it
 * - `row`: a chunk that is what the manifest names ends inside a row
 * - `rows`: there are not as many rows as the manifest says
 * - `disk-full`: no room for it beside what the ledger needs
 * - `damaged`: the finished file can't be read, or is no list file
 * - `older-version`: a version that does not rise above the active one
 */
export type ListFileErrorCode =
  | 'chunk-hash'
  | 'root'
  | 'truncated'
  | 'too-large'
  | 'order'
  | 'row'
  | 'rows'
  | 'disk-full'
  | 'damaged'
  | 'older-version';

export class ListFileError extends Error {
  override readonly name = 'ListFileError';
  readonly code: ListFileErrorCode;

  constructor(code: ListFileErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
