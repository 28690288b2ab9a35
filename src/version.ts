import { readFileSync } from 'node:fs';

/** The version of this software, as package.json has it. */
export const SOFTWARE: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  }
).version;
