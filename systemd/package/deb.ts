/** A Debian package from a tree of files: its control files, and dpkg-deb around all. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { fromFolder, put, settle, sizeOf } from './tree.ts';

const MAINTAINER = 'Kazasu Project <kazasu@example.org>';

export interface Deb {
  readonly name: string;
  readonly version: string;
  /** As dpkg names it: amd64, arm64. */
  readonly architecture: string;
  /** Seconds since 1970, for every file in it. */
  readonly epoch: number;
  /** The text from which the fields of the package come, see `systemd/debian/*.control`. */
  readonly control: string;
  /** By name: preinst, postinst, prerm, postrm. */
  readonly scripts: Readonly<Record<string, string>>;
  /** For dpkg-deb. */
  readonly compression: 'xz' | 'gzip' | 'none';
}

/** Adds what every package has, and writes `<output>/<name>_<version>_<architecture>.deb`. Hands back its path. */
export async function buildDeb(tree: string, deb: Deb, output: string): Promise<string> {
  const { name, version, architecture, epoch } = deb;
  const documents = `usr/share/doc/${name}`;
  await put(tree, `${documents}/changelog.gz`, gzipSync(changelog(deb), { level: 9 }));
  const files = await fromFolder(tree);
  const settings = files.filter((path) => path.startsWith('etc/'));
  const fields = deb.control
    .replaceAll('@VERSION@', version)
    .replaceAll('@ARCHITECTURE@', architecture)
    .replaceAll('@MAINTAINER@', MAINTAINER)
    .replaceAll('@INSTALLED_KIB@', String(Math.ceil((await sizeOf(tree)) / 1_024)));
  await put(tree, 'DEBIAN/control', fields);
  await put(tree, 'DEBIAN/md5sums', await md5sums(tree, files));
  if (settings.length > 0) {
    await put(tree, 'DEBIAN/conffiles', settings.map((path) => `/${path}\n`).join(''));
  }
  for (const [script, text] of Object.entries(deb.scripts)) {
    await put(tree, `DEBIAN/${script}`, text, 0o755);
  }
  await settle(tree, epoch);
  const file = join(output, `${name}_${version}_${architecture}.deb`);
  await promisify(execFile)(
    'dpkg-deb',
    // One thread and several make different bytes of xz; two and more the same.
    ['--root-owner-group', '--threads-max=2', `-Z${deb.compression}`, '--build', tree, file],
    { env: { ...process.env, SOURCE_DATE_EPOCH: String(epoch) } },
  );
  return file;
}

/** Of files that are no settings: dpkg looks after those itself. */
async function md5sums(tree: string, files: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    files
      .filter((path) => !path.startsWith('etc/'))
      .map(async (path) => {
        const sum = createHash('md5').update(await readFile(join(tree, path)));
        return `${sum.digest('hex')}  ${path}\n`;
      }),
  );
  return lines.join('');
}

/** deb-changelog(5); what changed is told in the project's own CHANGELOG.md. */
function changelog({ name, version, epoch }: Deb): string {
  const date = new Date(epoch * 1_000).toUTCString().replace('GMT', '+0000');
  return `${name} (${version}) stable; urgency=medium

  * See CHANGELOG.md of the project.

 -- ${MAINTAINER}  ${date}
`;
}
