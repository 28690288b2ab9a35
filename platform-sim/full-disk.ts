/** A disk that takes nothing more, or fails: no defect of the program, and no reason to end it. */

/** As src/store/disk.ts has it for terminals: full, failing, or made read-only by the system after an error. */
const STORAGE_FAILURE = /^(SQLITE_(FULL|IOERR|READONLY)(_\w+)?|ENOSPC|EDQUOT|EIO|EROFS)$/u;

/** The code of SQLite or of the file system; null: it is something else. */
export function storageFailureOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const code = String(error.code);
  return STORAGE_FAILURE.test(code) ? code : null;
}
