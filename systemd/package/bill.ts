/** What is inside a package, for those who have to know: an SBOM (CycloneDX) and the licence texts of others' work. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { licenceTexts, type NpmPackage } from './node-modules.ts';

const SBOM_BYTES_MAX = 64 * 1_048_576;

export interface Bill {
  /** Of the Debian package. */
  readonly name: string;
  readonly version: string;
  /** Seconds since 1970. */
  readonly epoch: number;
  readonly packages: readonly NpmPackage[];
  /** The runtime inside, if it is in this package: its npm package. */
  readonly node: NpmPackage | null;
}

interface Component {
  readonly name: string;
  readonly version: string;
  readonly 'bom-ref': string;
}

/** What npm knows of the packages that are inside, and Node; the same text for the same content. Throws when npm knows less. */
export async function sbom(root: string, bill: Bill): Promise<string> {
  // With `--omit dev` npm leaves out what a development package needs, too (zod, because of knip): all, then ours.
  const args = ['sbom', '--sbom-format', 'cyclonedx'];
  const { stdout } = await promisify(execFile)('npm', args, {
    cwd: root,
    maxBuffer: SBOM_BYTES_MAX,
  });
  const all = JSON.parse(stdout);
  const inside = new Set(bill.packages.map(({ name, version }) => `${name}@${version}`));
  const components: Component[] = all.components.filter(({ name, version }: Component) =>
    inside.has(`${name}@${version}`),
  );
  const told = new Set(components.map(({ name, version }) => `${name}@${version}`));
  const missing = [...inside].filter((entry) => !told.has(entry));
  if (missing.length > 0) throw new Error(`npm sbom does not tell of ${missing.join(', ')}`);
  if (bill.node !== null) components.push(nodeComponent(bill.node));
  components.sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  const refs = new Set(components.map((component) => component['bom-ref']));
  const self = { type: 'application', 'bom-ref': `${bill.name}@${bill.version}` };
  const document = {
    ...all,
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify([bill.name, bill.version, components]))}`,
    metadata: {
      timestamp: new Date(bill.epoch * 1_000).toISOString(),
      component: { ...self, name: bill.name, version: bill.version },
    },
    components,
    dependencies: [
      { ref: self['bom-ref'], dependsOn: [...refs] },
      ...all.dependencies
        .filter(({ ref }: { ref: string }) => refs.has(ref))
        .map(({ ref, dependsOn }: { ref: string; dependsOn: string[] }) => ({
          ref,
          dependsOn: dependsOn.filter((needed) => refs.has(needed)),
        })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function nodeComponent({ version }: NpmPackage) {
  const purl = `pkg:generic/node@${version}`;
  return { type: 'platform', name: 'node', version, 'bom-ref': `node@${version}`, purl };
}

/** RFC 9562, version 8: made from what it names. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Name, version, licence and its text, package by package. */
export async function notices(root: string, { packages, node }: Bill): Promise<string> {
  const parts = [
    'Software by others inside this package, each under its own licence.\n',
    ...(await Promise.all(
      packages.map(async (entry) => {
        const texts = await licenceTexts(root, entry);
        const text =
          texts.length === 0 ? 'The package names its licence and has no text of it.' : '';
        return notice(entry.name, entry, [text, ...texts].join('\n'));
      }),
    )),
  ];
  if (node !== null) {
    const text = await readFile(join(root, node.folder, 'LICENSE'), 'utf8');
    parts.push(notice('Node.js', node, text));
  }
  return parts.join('\n');
}

function notice(name: string, { version, license }: NpmPackage, text: string): string {
  return `${'='.repeat(80)}\n${name} ${version}\nLicence: ${license}\n\n${text.trim()}\n`;
}
