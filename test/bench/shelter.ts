/**
 * The bench group "shelter": a card on the reader of a shelter, until its holder is taken in for good, and until the
 * municipality's page has drawn it. Everything as in the field: pcscd and vpcd, shelter, platform and page each a process of its
 * own, the page in Chromium. What no such thing could do without is measured beside each tap: the bare read of the same card on
 * the other reader, and a bare page that is told as much over a bare websocket.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { SimCard } from '../../devices/card/sim-card.ts';
import { holdOnVpcd } from '../../devices/card/vpcd.ts';
import { epochMs } from '../../platform-sim/fleet/orders.ts';
import { VPCD_READERS } from '../../platform-sim/pcscd.ts';
import { launchChromium } from '../browser/chromium.ts';
import {
  CLERKS,
  CLERKS_PASSWORD,
  type EvacuationSite,
  type Resident,
  withEvacuation,
} from '../rig/evacuation-site.ts';
import { Program } from '../rig/program.ts';
import { countDrawn, openClerksPage, whenDrawn } from '../town/clerks-page.ts';
import { type Bench, percentile, reportTimes } from './figures.ts';
import { SEEN_GONE_MS } from './gate.ts';

const RESIDENTS = 60_000;
const QUICK_RESIDENTS = 6_000;
const TAPS = 100;
const QUICK_TAPS = 10;
const BARE_READ = fileURLToPath(new URL('./bare-read.ts', import.meta.url));
const [, OTHER_READER] = VPCD_READERS;
/** pcscd's, of a reader without a thread of its own. */
const POLLED_EACH_MS = 400;
/** About what the page is told of one arrival. */
const UPDATE_BYTES = 2_048;
/** For whoever wants to know what the p99 is made of. */
const SLOW_MS = 1_000;
const BUDGET_MS = { tap: 3_000, page: 1_000 } as const;

interface Times {
  /** From the card's being put down until its holder is taken in. */
  readonly tap: number[];
  /** From then until the page has drawn it. */
  readonly told: number[];
  /** Both. */
  readonly page: number[];
  /** From the card's being put down until a program that does nothing else has read it. */
  readonly read: number[];
}

export async function shelterBench({ report, note, quick }: Bench): Promise<void> {
  const cards = quick ? QUICK_TAPS : TAPS;
  const residents = quick ? QUICK_RESIDENTS : RESIDENTS;
  const browser = await launchChromium();
  try {
    await withEvacuation({ cards, others: residents - cards }, async (site) => {
      const shelter = await site.startShelter();
      await shelter.next({ event: 'list.activated' });
      const clerk = { name: CLERKS[0], password: CLERKS_PASSWORD };
      const page = await openClerksPage(browser, site.origin, clerk);
      const { tap, told, page: drawn, read } = await tapsOf(site, page, note);
      const bare = await barePage(browser, cards);
      const floor = (...least: readonly (readonly number[])[]) => {
        const point = (share: number) => ({
          floor: least.reduce((sum, times) => sum + percentile(times, share), 0),
        });
        return { p50: point(0.5), p99: point(0.99) };
      };
      const detail = { residents };
      const tapFloor = floor(read);
      const pageFloor = floor(read, bare);
      reportTimes(report, 'shelter.tap', tap, detail, {
        ...tapFloor,
        p99: { ...tapFloor.p99, budget: BUDGET_MS.tap },
      });
      reportTimes(report, 'shelter.told', told, detail, floor(bare));
      reportTimes(report, 'shelter.page', drawn, detail, {
        ...pageFloor,
        p99: { ...pageFloor.p99, budget: BUDGET_MS.page },
      });
    });
  } finally {
    await browser.close();
  }
}

/** One person after another, each of whom the page has drawn before the next one comes. */
async function tapsOf(site: EvacuationSite, page: Page, note: Bench['note']): Promise<Times> {
  const times: Times = { tap: [], told: [], page: [], read: [] };
  const bare = new Program([BARE_READ, OTHER_READER], { env: site.pcscd.env });
  try {
    await bare.next({ event: 'watching' });
    for (const [before, resident] of site.residents.entries()) {
      const drawn = countDrawn(page, 'safe', before + 1);
      const begun = epochMs();
      const line = await site.checkIn(resident);
      const kept = epochMs();
      const flags = line['flags'];
      if (Array.isArray(flags) && flags.length > 0) throw new Error(`flagged: ${flags.join()}`);
      const at = await drawn;
      if (kept - begun > SLOW_MS) {
        const said = { at: before + 1, took: Math.round(kept - begun), ms: line['ms'] };
        note(`shelter: a slow tap: ${JSON.stringify(said)}`);
      }
      times.tap.push(kept - begun);
      times.told.push(at - kept);
      times.page.push(at - begun);
      times.read.push(await bareRead(site, bare, resident));
      // At any moment of the reader's polling.
      await pause(SEEN_GONE_MS + Math.random() * POLLED_EACH_MS);
      if ((before + 1) % 20 === 0) note(`shelter: ${before + 1} of ${site.residents.length}`);
    }
    return times;
  } finally {
    await bare.end();
  }
}

/** ms from the card's being put down until it has been read, the reader's polling included as at the shelter. */
async function bareRead(site: EvacuationSite, bare: Program, { card }: Resident): Promise<number> {
  const after = bare.lines.all.length;
  const begun = performance.now();
  const held = await holdOnVpcd(new SimCard(card), { port: site.pcscd.port + 1 });
  const read = await bare.first(({ event }) => event === 'read' || event === 'failed', after);
  const took = performance.now() - begun;
  await held.remove();
  await bare.next({ event: 'gone' }, after);
  if (read.event !== 'read') throw new Error(`no bare read: ${JSON.stringify(read)}`);
  return took;
}

/** ms from a bare server's word until a bare page has drawn it, in the same browser. */
async function barePage(browser: Browser, rounds: number): Promise<number[]> {
  const script = `const socket = new WebSocket(location.href.replace('http', 'ws'));
    socket.onmessage = ({ data }) => { document.querySelector('b').textContent = JSON.parse(data).n; };`;
  const http = createServer((_, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<!doctype html><title>bare</title><p><b></b></p><script>${script}</script>`);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = new WebSocketServer({ server: http });
  const page = await browser.newPage();
  try {
    const connected = once(server, 'connection');
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    const [socket] = await connected;
    const rest = 'x'.repeat(UPDATE_BYTES);
    const times: number[] = [];
    for (let n = 1; n <= rounds; n += 1) {
      const isThere = `document.querySelector('b').textContent === '${n}'`;
      const drawn = page.evaluate<number>(whenDrawn(isThere, 'p'));
      // The page has begun to look once it answers what was asked after it.
      await page.evaluate('0');
      const begun = epochMs();
      socket.send(JSON.stringify({ n, rest }));
      times.push((await drawn) - begun);
    }
    return times;
  } finally {
    await page.close();
    server.close();
    http.close();
  }
}
