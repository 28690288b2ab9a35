/** Debian's OpenSSL, for tests that want a second opinion: what it is given, and what it says. */

import { type ExecFileException, execFile } from 'node:child_process';

/** PEM of certificates or CRLs, one after another. */
export function pemOf(kind: 'CERTIFICATE' | 'X509 CRL', ders: readonly Uint8Array[]): string {
  const blocks = ders.map((der) => {
    const lines =
      Buffer.from(der)
        .toString('base64')
        .match(/.{1,64}/gu) ?? [];
    return `-----BEGIN ${kind}-----\n${lines.join('\n')}\n-----END ${kind}-----\n`;
  });
  return blocks.join('');
}

/** Runs `openssl` in a folder, with arguments separated by blanks; what it says on both streams. */
export function openssl(
  folder: string,
  command: string,
): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, timeout: 60_000 };
    const done = (error: ExecFileException | null, out: string, err: string) => {
      // Ended by a signal, or not there at all: no opinion.
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: Number(error?.code ?? 0), said: out + err });
    };
    execFile('openssl', command.split(' '), options, done);
  });
}
