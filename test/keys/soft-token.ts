/** A SoftHSM2 token in a folder of its own. */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Pkcs11KeyStore, type Pkcs11Options } from '../../src/keys/pkcs11-key-store.ts';

const run = promisify(execFile);

export const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = '4711-4711';
const SO_PIN = '0815-0815';

export class SoftToken {
  readonly folder: string;
  readonly label = 'gate-1';

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<SoftToken> {
    const token = new SoftToken(await mkdtemp(join(tmpdir(), 'kazasu-token-')));
    const lines = [`directories.tokendir = ${token.tokens}`, 'log.level = ERROR', ''];
    await writeFile(token.env.SOFTHSM2_CONF, lines.join('\n'));
    await mkdir(token.tokens);
    const { label } = token;
    await token.util('--init-token', '--free', '--label', label, '--so-pin', SO_PIN, '--pin', PIN);
    return token;
  }

  /** Where SoftHSM2 keeps its tokens. */
  get tokens(): string {
    return join(this.folder, 'tokens');
  }

  get env(): { readonly SOFTHSM2_CONF: string } {
    return { SOFTHSM2_CONF: join(this.folder, 'softhsm2.conf') };
  }

  store(changed: Partial<Pkcs11Options> = {}): Pkcs11KeyStore {
    return new Pkcs11KeyStore({
      module: SOFTHSM,
      token: this.label,
      pin: () => Buffer.from(PIN),
      env: this.env,
      ...changed,
    });
  }

  /** Resolves with what it prints. */
  util(...options: readonly string[]): Promise<string> {
    return this.#run('softhsm2-util', options);
  }

  /** OpenSC's client, which shares nothing with ours but the module. */
  tool(...options: readonly string[]): Promise<string> {
    const login = ['--module', SOFTHSM, '--token-label', this.label, '--login', '--pin', PIN];
    return this.#run('pkcs11-tool', [...login, ...options]);
  }

  async end(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async #run(program: string, options: readonly string[]): Promise<string> {
    const env = { ...process.env, ...this.env };
    return (await run(program, options, { env })).stdout;
  }
}
