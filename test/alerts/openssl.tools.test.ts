/** OpenSSL as an independent peer: it verifies what the desk sends, and takes the same CAP document out of it. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { writeCap } from '../../platform-sim/alerts/cap-writer.ts';
import { nameAlertKey } from '../../platform-sim/root.ts';
import { PlatformKeys } from '../../platform-sim/signing.ts';
import { openssl, pemOf } from '../pki/openssl.ts';
import { CITY, draft } from './drafts.ts';

let folder: string;
let keys: PlatformKeys;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kazasu-alert-openssl-'));
  const directory = join(folder, 'keys');
  keys = await PlatformKeys.openOrCreate(directory);
  await nameAlertKey(keys, PlatformKeys.offlineFolder(directory), CITY, Date.now());
  await writeFile(join(folder, 'ca.pem'), pemOf('CERTIFICATE', [keys.caCertificate]));
  return () => rm(folder, { recursive: true });
});

const VERIFY =
  'cms -verify -inform DER -in alert.cms -CAfile ca.pem -purpose any -binary -out alert.xml';

test('an alert verifies, its document is what was written, and its signer is the municipality', async () => {
  const document = writeCap(draft());
  await writeFile(join(folder, 'alert.cms'), await keys.signAlert(CITY, document));
  expect(await openssl(folder, VERIFY)).toMatchObject({ code: 0 });
  expect(await readFile(join(folder, 'alert.xml'))).toEqual(document);
  const printed = await openssl(folder, 'cms -cmsout -print -inform DER -in alert.cms -noout');
  expect(printed.said).toContain('1.3.6.1.4.1.32473.5730.1.8');
  expect(printed.said).toContain(`CN=${CITY}`);
});

test('of a changed document it says so', async () => {
  const cms = await keys.signAlert(CITY, writeCap(draft()));
  cms.write('Exercise', cms.indexOf('<status>Actual') + 8);
  await writeFile(join(folder, 'alert.cms'), cms);
  const { code, said } = await openssl(folder, VERIFY);
  expect(code).not.toBe(0);
  expect(said).toMatch(/verification failure|digest/u);
});
