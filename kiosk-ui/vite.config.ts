/** Builds the pages: the terminal's screen and, where they exist, the street and the town. Nothing is inlined: the pages' CSP forbids it. */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const PAGES = ['terminal', 'street', 'town'];

const TOKENS_NOTICE =
  '/*! Colour values: @digital-go-jp/design-tokens 1.1.9, MIT License, Copyright (c) 2023 デジタル庁 */\n';

/** The minifier drops comments, also those that a licence asks to be kept. */
const keepTokensNotice: Plugin = {
  name: 'keep-tokens-notice',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
      const style = String(file.source);
      if (style.includes('--color-primitive-')) file.source = `${TOKENS_NOTICE}${style}`;
    }
  },
};

export default defineConfig({
  root: path('.'),
  // Served from any folder.
  base: './',
  plugins: [keepTokensNotice],
  oxc: { jsx: { importSource: 'preact' } },
  build: {
    outDir: path('../build/kiosk-ui'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: PAGES.map((page) => path(`./${page}/index.html`)).filter((file) => existsSync(file)),
    },
  },
});
