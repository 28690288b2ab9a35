/** What can be wrong with the index of a revocation list, or with the chunks that it is built from. */

/**
 * - `chunk-hash`: a chunk is not what the manifest names
 * - `root`: the chunks together are not what the manifest names, or have another size
 * - `truncated`: a chunk is missing
 * - `disk-full`: no room for it beside what the ledger needs
 * - `damaged`: the finished file can't be read, or is not the one that was built
 */
export type RevocationFileErrorCode = 'chunk-hash' | 'root' | 'truncated' | 'disk-full' | 'damaged';

export class RevocationFileError extends Error {
  override readonly name = 'RevocationFileError';
  readonly code: RevocationFileErrorCode;

  constructor(code: RevocationFileErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
