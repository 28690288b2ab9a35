/** A whole terminal with its screen in a real browser: what a visitor or an attendant has before them. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, expect, vi } from 'vitest';
import { hashPin } from '../../src/staff/pin.ts';
import { plain } from '../../src/text/ruby.ts';
import type { CardMaker } from '../cards.ts';
import { hanako, type Ticket, type World, withTerminal } from '../terminal.ts';
import { launchChromium, openPage, type PageOptions } from './chromium.ts';

export const PIN = '482913';
const SAYS_MS = 20_000;

/** Made once: it costs what it is to cost whoever tries all of them. */
let hashed: Promise<string> | null = null;
/** One for all stories of a file; each has a context of its own. */
let launched: Promise<Browser> | null = null;

afterAll(async () => {
  await (await launched)?.close();
  launched = null;
});

export interface AtTheScreen {
  readonly world: World;
  readonly ticket: Ticket;
  readonly page: Page;
  /** The page's address. */
  readonly origin: string;
}

/** Hanako has a ticket; staff has a PIN. */
export async function inTheBrowser(
  options: PageOptions,
  story: (at: AtTheScreen) => Promise<void>,
): Promise<void> {
  hashed ??= hashPin(Buffer.from(PIN));
  const pin = await hashed;
  const configured = `[screen]\nport = 0\nvoice = "none"\n[staff]\npin = "${pin}"\n`;
  const tickets = async (cards: CardMaker) => {
    const { hanako: ticket } = await hanako(cards);
    return { hanako: { ...ticket, holder: '佐藤 花子' } };
  };
  launched ??= launchChromium();
  const browser = await launched;
  await withTerminal({ tickets, configured }, async (world) => {
    await world.screen({ screen: 'waiting', offline: false });
    const origin = await originOf(world);
    const page = await openPage(browser, options);
    try {
      await page.goto(origin);
      await story({ world, ticket: world.ticket('hanako'), page, origin });
    } finally {
      await page.context().close();
    }
  });
}

/** Where the screen of the latest start is served. */
export async function originOf(world: World): Promise<string> {
  const { name } = await world.journal.next({ event: 'device.ready', device: 'screen' });
  return String(name);
}

/** The heading without its ruby and its possible line breaks. */
const HEADING = `(() => {
  const heading = document.querySelector('h1')?.cloneNode(true);
  for (const reading of heading?.querySelectorAll('rt, rp') ?? []) reading.remove();
  return heading?.textContent.replaceAll(/[\\s\\u200b]/gu, '') ?? '';
})()`;

/** Waits until the page's heading says that; `text` as it stands in the catalogue. */
export async function says(page: Page, text: string): Promise<void> {
  const heading = () => page.evaluate<string>(HEADING).catch(() => 'the page is loading');
  // Where tests run beside each other, expect.poll does not know whose it is.
  const isSaid = async () => expect(await heading()).toBe(bare(text));
  await vi.waitFor(isSaid, { timeout: SAYS_MS });
}

/** What a control's words begin with, wherever a possible line break stands between them, after its number in a list. */
export function wordsOf(text: string): RegExp {
  const escaped = [...bare(text)].map((character) =>
    character.replaceAll(/[.*+?^${}()|[\]\\]/gu, '\\$&'),
  );
  return new RegExp(`^\\d?${escaped.join('[\\s\\u200b]*')}`, 'u');
}

function bare(text: string): string {
  return plain(text).replaceAll(/[\s\u200b]/gu, '');
}
