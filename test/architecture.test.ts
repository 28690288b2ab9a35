/** The shape of the house: who imports whom, how long things may get, what things are called. */

import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, onTestFinished, test } from 'vitest';
import rules from '../.dependency-cruiser.mjs';
import { CERTIFICATE_SERVICES } from '../src/link/certificate-protocol.ts';
import { EVACUATION_SERVICES } from '../src/link/evacuation-protocol.ts';
import { HOLDINGS_SERVICE } from '../src/link/holdings-protocol.ts';
import { REMOVED_SERVICE } from '../src/link/upload-protocol.ts';

const PROJECT = join(import.meta.dirname, '..');
const SOURCES = ['src', 'state-machines', 'devices', 'platform-sim', 'systemd', 'kiosk-ui', 'test'];
const GENERATED = new Set(['node_modules', '.git', 'var', 'build', 'coverage']);

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
  readonly to: string;
}

interface CruiseSummary {
  readonly totalCruised: number;
  readonly violations: readonly Violation[];
}

/** Applies the project's arrows to the sources of a folder. */
function cruise(folder: string, sources: readonly string[]): CruiseSummary {
  const program = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const config = join(PROJECT, '.dependency-cruiser.mjs');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [program, '--config', config, '--output-type', 'json', ...sources],
    { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
  );
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout).summary;
}

describe('arrows', () => {
  /** rule → who imports what, where it must not. A specifier without a dot is a library or a module of Node. */
  const FORBIDDEN: readonly (readonly [rule: string, from: string, to: string])[] = [
    ['no-circular', 'src/store/left.ts', 'src/store/right.ts'],
    ['no-unresolved', 'src/a.ts', './nowhere.ts'],
    ['src-domain-may-only-import', 'src/domain/b.ts', 'src/store/leaf.ts'],
    ['src-domain-may-only-import', 'src/domain/c.ts', 'fs'],
    ['state-machines-may-only-import', 'state-machines/d.ts', 'src/store/leaf.ts'],
    ['devices-may-only-import', 'devices/card/e.ts', 'src/store/leaf.ts'],
    ['src-pki-may-only-import', 'src/pki/f.ts', 'src/store/leaf.ts'],
    ['src-keys-may-only-import', 'src/keys/ah.ts', 'src/services/service.ts'],
    ['src-text-may-only-import', 'src/text/ac.ts', 'src/store/leaf.ts'],
    ['src-store-may-only-import', 'src/store/g.ts', 'src/services/service.ts'],
    ['src-alerts-may-only-import', 'src/alerts/am.ts', 'src/services/service.ts'],
    ['saxes-has-one-home', 'src/an.ts', 'saxes'],
    ['src-link-may-only-import', 'src/link/h.ts', 'src/services/service.ts'],
    ['src-neighbours-may-only-import', 'src/neighbours/ak.ts', 'src/services/service.ts'],
    ['src-transfer-may-only-import', 'src/transfer/am.ts', 'src/services/service.ts'],
    ['src-screen-may-only-import', 'src/screen/ac.ts', 'src/store/leaf.ts'],
    ['platform-sim-may-only-import', 'platform-sim/i.ts', 'src/pki/leaf.ts'],
    ['platform-sim-may-only-import', 'platform-sim/j.ts', 'devices/card/pcsc-reader.ts'],
    ['kiosk-ui-may-only-import', 'kiosk-ui/terminal/ad.ts', 'src/store/leaf.ts'],
    ['nobody-imports-sim-or-test', 'kiosk-ui/terminal/ag.ts', 'platform-sim/street/messages.ts'],
    ['nobody-imports-the-pages', 'src/ae.ts', 'kiosk-ui/look/leaf.ts'],
    ['systemd-may-only-import', 'systemd/package/y.ts', 'src/store/leaf.ts'],
    ['daemon-sees-device-interfaces', 'src/services/k.ts', 'devices/card/pcsc-reader.ts'],
    ['services-do-not-know-each-other', 'src/services/l.ts', 'src/services/k.ts'],
    ['platform-services-know-ports-only', 'platform-sim/services/ak.ts', 'platform-sim/facts.ts'],
    [
      'platform-services-know-ports-only',
      'platform-sim/terminals.ts',
      'platform-sim/local-fan-out.ts',
    ],
    ['nobody-imports-sim-or-test', 'src/m.ts', 'platform-sim/leaf.ts'],
    ['nobody-imports-sim-or-test', 'src/n.ts', 'test/leaf.ts'],
    ['pcsclite-has-one-home', 'devices/card/o.ts', 'pcsclite'],
    ['serialport-has-one-home', 'devices/receipt/p.ts', 'serialport'],
    ['better-sqlite3-has-one-home', 'src/q.ts', 'better-sqlite3'],
    ['(pkijs|asn1js)-has-one-home', 'src/r.ts', 'pkijs'],
    ['(pkijs|asn1js)-has-one-home', 'src/link/s.ts', 'asn1js'],
    ['ws-has-one-home', 'src/t.ts', 'ws'],
    ['xstate-has-one-home', 'devices/u.ts', 'xstate'],
    ['koffi-has-one-home', 'src/y.ts', 'koffi'],
    ['koffi-has-one-home', 'devices/remote/am.ts', 'koffi'],
    ['node-hid-has-one-home', 'devices/remote/hid-remote.ts', 'node-hid'],
    ['pkcs11js-has-one-home', 'src/keys/pkcs11-key-store.ts', 'pkcs11js'],
    ['prom-client-has-one-home', 'src/z.ts', 'prom-client'],
    ['harfbuzzjs-has-one-home', 'platform-sim/ai.ts', 'harfbuzzjs'],
    ['bonjour-service-has-one-home', 'src/neighbours/al.ts', 'bonjour-service'],
    ['uqr-has-one-home', 'platform-sim/aj.ts', 'uqr'],
    ['uplot-has-one-home', 'kiosk-ui/street/am.ts', 'uplot'],
    ['d3-geo-has-one-home', 'kiosk-ui/terminal/an.ts', 'd3-geo'],
  ];

  const ALLOWED: readonly (readonly [from: string, to: string])[] = [
    // Closes the ring; a ring is reported once.
    ['src/store/right.ts', 'src/store/left.ts'],
    ['src/terminal.ts', 'devices/card/pcsc-reader.ts'],
    ['src/services/k.ts', 'devices/card/card.ts'],
    ['src/services/k.ts', 'src/services/service.ts'],
    ['src/services/index.ts', 'src/services/k.ts'],
    ['src/store/q.ts', 'better-sqlite3'],
    ['kiosk-ui/street/af.ts', 'platform-sim/street/messages.ts'],
    ['kiosk-ui/town/ao.ts', 'platform-sim/town/messages.ts'],
    ['platform-sim/v.ts', 'devices/card/sim-card-files.ts'],
    ['platform-sim/v.ts', 'src/link/protocol.ts'],
    ['platform-sim/terminals.ts', 'platform-sim/fact-log.ts'],
    ['platform-sim/platform.ts', 'platform-sim/facts.ts'],
    ['test/w.ts', 'pcsclite'],
    ['test/w.ts', 'platform-sim/leaf.ts'],
    ['devices/card/x.ts', 'fs'],
  ];

  /** A folder of one-line sources that import as told, with empty libraries. */
  async function sourcesThatImport(edges: readonly (readonly [string, string])[]) {
    const folder = await mkdtemp(join(tmpdir(), 'kazasu-arrows-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const files = new Map([['tsconfig.json', '{}']]);
    for (const [from, to] of edges) {
      const isFile = to.includes('/') && !to.startsWith('./');
      const path = relative(dirname(from), to);
      const specifier = isFile ? (path.startsWith('.') ? path : `./${path}`) : to;
      files.set(from, `${files.get(from) ?? 'export {};'}\nimport type {} from '${specifier}';`);
      if (isFile && !files.has(to)) files.set(to, 'export {};');
      if (!/[./]|^fs$/.test(to)) {
        files.set(`node_modules/${to}/package.json`, JSON.stringify({ name: to, main: 'i.js' }));
        files.set(`node_modules/${to}/i.js`, '');
      }
    }
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return folder;
  }

  test('hold in this project', () => {
    const { totalCruised, violations } = cruise(PROJECT, SOURCES);
    expect(violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    // With a TypeScript it does not know, dependency-cruiser reads nothing and is content.
    expect(totalCruised).toBeGreaterThan(60);
  });

  test('are each seen when they are broken, and only then', async () => {
    const seeded = FORBIDDEN.map(([, from, to]) => [from, to] as const);
    const folder = await sourcesThatImport([...seeded, ...ALLOWED]);
    const { violations } = cruise(folder, SOURCES);
    const found = violations.map(
      ({ rule, from, to }) =>
        `${rule.name}: ${from} → ${to.replace(/^node_modules\/(\w+(-\w+)*).*/, '$1')}`,
    );
    const expected = FORBIDDEN.map(([rule, from, to]) => `${rule}: ${from} → ${to}`);
    expect(found.sort()).toEqual(expected.sort());
  });

  test('are all seeded above', () => {
    const seeded = new Set(FORBIDDEN.map(([rule]) => rule));
    expect(rules.forbidden.map(({ name }) => name).filter((name) => !seeded.has(name))).toEqual([]);
  });
});

/** Every file of the project that people write, as paths from its root. */
async function projectFiles(folder = ''): Promise<string[]> {
  const entries = await readdir(join(PROJECT, folder), { withFileTypes: true });
  const nested = entries
    .filter(({ name }) => !GENERATED.has(name) && name !== 'package-lock.json')
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? projectFiles(path) : entry.isFile() ? [path] : [];
    });
  return (await Promise.all(nested)).flat();
}

async function sourceFiles(): Promise<Map<string, string>> {
  const paths = (await projectFiles()).filter((path) => /\.(m?ts|mjs|c)$/.test(path));
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path, await readFile(join(PROJECT, path), 'utf8')] as const),
    ),
  );
}

/** The functions of a source that are longer than `limit` lines. A function that is a list of tests is a chapter, and may be long. */
function longFunctions(path: string, text: string, limit: number): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && !isChapter(node)) {
      const first = lineAt(node.getStart(source));
      const lines = lineAt(node.end) - first + 1;
      if (lines > limit) found.push(`${path}:${first + 1} (${lines} lines)`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isChapter(node: ts.SignatureDeclaration): boolean {
  const body = 'body' in node ? node.body : undefined;
  return (
    body !== undefined &&
    ts.isBlock(body) &&
    body.statements.some((statement) => /^(describe|test|it)\b[.\w]*\(/.test(statement.getText()))
  );
}

function lineCount(text: string): number {
  return text.trimEnd().split('\n').length;
}

describe('sizes', () => {
  test('no source is longer than 400 lines, no machine longer than 300', async () => {
    const tooLong = [...(await sourceFiles())]
      .filter(([path, text]) => lineCount(text) > (path.startsWith('state-machines/') ? 300 : 400))
      .map(([path, text]) => `${path}: ${lineCount(text)}`);
    expect(tooLong).toEqual([]);
  });

  test('no function is longer than 70 lines', async () => {
    const sources = [...(await sourceFiles())].filter(([path]) => !path.endsWith('.c'));
    expect(sources.length).toBeGreaterThan(60);
    expect(sources.flatMap(([path, text]) => longFunctions(path, text, 70))).toEqual([]);
  });

  test('a long function is found, wherever it is, and a chapter of tests is none', () => {
    const body = '\n'.repeat(70);
    const seeded = `function a() {${body}}\nconst b = { c: () => {${body}} };\ndescribe('d', () => {${body}test('e', () => {${body}});});`;
    expect(longFunctions('seeded.ts', seeded, 70)).toEqual([
      'seeded.ts:1 (71 lines)',
      'seeded.ts:72 (71 lines)',
      'seeded.ts:213 (71 lines)',
    ]);
  });
});

describe('words and names', () => {
  /**
   * Promises to do it later, the paths of somebody's machine, and a wait within the page: that is JavaScript from text, which our
   * content security policy forbids from the second look on (`expect.poll` with `page.evaluate` asks from outside).
   */
  const BANNED = /\b(TODO|FIXME|XXX|HACK)\b|\/(work|root)\/|\.waitForFunction\(/;
  const SAYS_NOTHING = /^(utils?|helpers?|common|misc|shared|lib)$/;
  const TEXT = /\.(m?ts|mjs|c|json|md|toml|sh|service|rules)$|^\.ci\//;

  test('no file holds a banned word', async () => {
    const texts = (await projectFiles()).filter(
      (path) => TEXT.test(path) && path !== 'test/architecture.test.ts',
    );
    const found: string[] = [];
    for (const path of texts) {
      const lines = (await readFile(join(PROJECT, path), 'utf8')).split('\n');
      lines.forEach((line, at) => {
        if (BANNED.test(line)) found.push(`${path}:${at + 1}`);
      });
    }
    expect(texts.length).toBeGreaterThan(60);
    expect(found).toEqual([]);
  });

  test('no file or folder has a name that says nothing', async () => {
    const parts = (await projectFiles()).flatMap((path) =>
      path.split('/').map((part) => [path, part.replace(/\..*$/, '')] as const),
    );
    expect(parts.filter(([, part]) => SAYS_NOTHING.test(part))).toEqual([]);
    expect(['utils', 'helper', 'common'].every((part) => SAYS_NOTHING.test(part))).toBe(true);
  });

  test('exports have names', async () => {
    const configured = new Set([
      'vitest.config.ts',
      'kiosk-ui/vite.config.ts',
      '.dependency-cruiser.mjs',
      // Vitest takes them by their file.
      'test/patient-runner.ts',
      'test/second-attempts.ts',
    ]);
    const nameless = [...(await sourceFiles())].filter(
      ([path, text]) => !configured.has(path) && /^export default/m.test(text),
    );
    expect(nameless.map(([path]) => path)).toEqual([]);
  });
});

describe('one name', () => {
  test('a service has its test and its line in the list, and the other side of a service its service', async () => {
    const files = new Set(await projectFiles());
    const list = await readFile(join(PROJECT, 'src/services/index.ts'), 'utf8');
    const idsIn = (folder: string) =>
      [...files].filter((path) => dirname(path) === folder).map((path) => basename(path, '.ts'));
    const services = idsIn('src/services').filter((id) => id !== 'index' && id !== 'service');
    expect(services).toContain('event-entry');
    for (const id of services) {
      expect([...files]).toContain(`test/services/${id}.test.ts`);
      expect(list).toContain(`'./${id}.ts'`);
    }
    const others = idsIn('platform-sim/services').filter((id) => id !== 'index');
    expect(others).toContain('age-check');
    // The kiosk's service has no other side of its name: it asks the certificate centre several questions.
    // What a terminal tells of its lists and of its ledger is of no service.
    // A television asks whose card it is, and how people are.
    const ofTerminals = [HOLDINGS_SERVICE, REMOVED_SERVICE, ...Object.values(EVACUATION_SERVICES)];
    const asked = new Set<string>([...Object.values(CERTIFICATE_SERVICES), ...ofTerminals]);
    expect(others).toEqual(expect.arrayContaining([...asked]));
    expect(services).toEqual(expect.arrayContaining(others.filter((id) => !asked.has(id))));
    const otherSides = await readFile(join(PROJECT, 'platform-sim/services/index.ts'), 'utf8');
    for (const id of others) expect(otherSides).toContain(`'./${id}.ts'`);
  });

  test('every program of package.json is there and may be executed', async () => {
    const { bin } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
    for (const file of Object.values<string>(bin)) {
      await access(join(PROJECT, file), constants.X_OK);
      expect(await readFile(join(PROJECT, file), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
  });
});
