/** A reader of a shelter without a list, on a simulated card reader: its configuration, and the municipality's certificate beside it. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MunicipalityKey, newMunicipalityKey } from '../../platform-sim/evacuation/sealed.ts';

let municipality: Promise<MunicipalityKey> | null = null;

export interface ShelterGiven {
  /** Of the configuration, the certificate and the state. */
  readonly directory: string;
  readonly name: string;
  /** Of the platform. */
  readonly url: string;
  /** More tables. Default: none. */
  readonly tables?: string;
}

/** Writes it; the state folder is made by the reader itself. */
export async function shelterConfig({ directory, name, url, tables = '' }: ShelterGiven) {
  const [config, state] = [join(directory, `${name}.toml`), join(directory, name)];
  const key = join(directory, `${name}-municipality.der`);
  municipality ??= newMunicipalityKey('990029', Date.now());
  await writeFile(key, (await municipality).certificate);
  await writeFile(
    config,
    `profile = "shelter"
name = "${name}"
state = ${JSON.stringify(state)}
[platform]
url = "${url}"
[card]
driver = "simulated"
[services.evacuation-shelter]
shelter = "shiomi-elementary"
name = "汐見小学校 避難所"
capacity = 420
list = "evacuees-990029"
municipality-key = ${JSON.stringify(key)}
${tables}`,
  );
  return { config, state };
}
