/**
 * A day on which a town is called away, with everything that takes part in it (test/rig/evacuation-site.ts): what clerks do on the
 * municipality's page, what a household does at its television, what is broken meanwhile, and what has to hold in the end.
 */

import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { ja } from '../../src/text/ja.ts';
import { openPage } from '../browser/chromium.ts';
import { arrows } from '../browser/hands.ts';
import type { Dice } from '../chaos/dice.ts';
import { durableFacts } from '../rig/durable-facts.ts';
import {
  CLERKS,
  CLERKS_PASSWORD,
  type EvacuationSite,
  type Resident,
  SHELTER,
} from '../rig/evacuation-site.ts';
import { type CountShown, countOn, openClerksPage } from './clerks-page.ts';

/** A machine that is busy with much else. */
const SOON_MS = 60_000;
/** After a network that was gone for long, terminals wait for half a minute at most before they try again. */
const BACK_MS = 120_000;
/** The reader's polling, and what a tap takes. */
const TAP_MS = 550;

const { television: texts } = ja;

export class EvacuationDay {
  readonly site: EvacuationSite;
  readonly #browser: Browser;
  /** Two. */
  #clerks: readonly Page[];
  readonly #television: Page;
  /** Who was taken in for good, whoever saw it. */
  readonly #safe = new Set<string>();

  private constructor(
    site: EvacuationSite,
    browser: Browser,
    { clerks, television }: { readonly clerks: readonly Page[]; readonly television: Page },
  ) {
    this.site = site;
    this.#browser = browser;
    this.#clerks = clerks;
    this.#television = television;
  }

  /** Shelter with its list, television, and both clerks before their pages. */
  static async begin(site: EvacuationSite, browser: Browser): Promise<EvacuationDay> {
    const [shelter, screen] = await Promise.all([site.startShelter(), site.startTelevision()]);
    await shelter.next({ event: 'list.activated' });
    const clerks = await clerksAt(browser, site.origin);
    const television = await openPage(browser, { size: 'television' });
    await television.goto(screen);
    return new EvacuationDay(site, browser, { clerks, television });
  }

  /** Somebody puts their card onto the remote control and is called by this television from then on. */
  async link(resident: Resident): Promise<void> {
    const site = this.site;
    const television = this.#television;
    const program = site.terminal('television');
    await program.first(({ event, hasKey }) => event === 'institution.activated' && !!hasKey);
    await program.next({ event: 'trust.activated' });
    await this.televisionSays(texts.home.nobody.title);
    await arrows(television).press(texts.home.link);
    await this.televisionSays(texts.consent.title);
    await arrows(television).press(texts.consent.go);
    await this.televisionSays(texts.placeCard.title);
    await site.holdUntil('television', resident, 'television.linked');
    await this.televisionSays(texts.linked.linked.title);
    await site.button('ok');
    await site.remove('television');
    await this.televisionSays(texts.home.calls.title);
  }

  /** One of the clerks proposes, the other one consents; resolves when the television has drawn it. */
  async raise(): Promise<void> {
    const [first, second] = this.#clerks;
    if (first === undefined || second === undefined) throw new Error('one clerk raises no alert');
    await first.getByRole('button', { name: '避難情報を出す' }).click();
    await first.getByLabel('警戒レベル').selectOption('4');
    await first.getByRole('checkbox', { name: '川原町' }).check();
    await first.getByRole('button', { name: '案にする', exact: true }).click();
    await first.getByText('案：同意を待っています').waitFor();
    await second.getByRole('button', { name: '避難情報を出す' }).click();
    await second.getByRole('button', { name: '同意して出す' }).click();
    await this.televisionSays(texts.alert.call[4]);
  }

  /** By a colour of the remote control; resolves when it is durable. */
  async answer(colour: 'blue' | 'green' | 'red'): Promise<void> {
    const program = this.site.terminal('television');
    const before = program.lines.all.length;
    await this.site.button(colour);
    await program.next({ event: 'alert.answered' }, before);
  }

  async checkIn(resident: Resident): Promise<void> {
    await this.site.checkIn(resident);
    this.#safe.add(resident.number);
  }

  /** The shelter dies somewhere between the touch and the ring; whoever saw no ring holds their card again. */
  async checkInWhileItDies(resident: Resident, dice: Dice): Promise<void> {
    const { site } = this;
    const shelter = site.terminal('shelter');
    await site.hold('shelter', resident);
    await pause(dice.next() * TAP_MS);
    await shelter.killHard();
    await site.remove('shelter');
    const facts = await durableFacts(site.stateOf('shelter'), 'shelter');
    const kept = facts.filter(({ event }) => event === 'shelter.arrived').length;
    await site.startShelter();
    if (kept === this.#safe.size) await site.checkIn(resident);
    this.#safe.add(resident.number);
  }

  async platformDies(): Promise<void> {
    await this.site.platform.killHard();
    await this.site.startPlatform();
  }

  /** Clerks sign in again: a session is worth as much as the process that knows it. */
  async pageDies(): Promise<void> {
    const { site } = this;
    await site.page.killHard();
    await site.startPage();
    for (const page of this.#clerks) await page.context().close();
    this.#clerks = await clerksAt(this.#browser, site.origin);
  }

  /** Its screen opens again, where it is served now. */
  async televisionDies(): Promise<void> {
    const { site } = this;
    await site.terminal('television').killHard();
    await this.#television.goto(await site.startTelevision());
  }

  /** Resolves when both pages say so many. */
  async counts(count: CountShown, value: number): Promise<void> {
    for (const page of this.#clerks) {
      await expect.poll(() => countOn(page, count), { timeout: BACK_MS }).toBe(value);
    }
  }

  /** What the television says in large letters. */
  async televisionSays(text: string): Promise<void> {
    await expect.poll(() => this.#heading(), { timeout: SOON_MS }).toBe(text);
  }

  /** Without possible line breaks. */
  async #heading(): Promise<string> {
    const text = await this.#television.locator('h1').textContent();
    return text?.replaceAll(/[\s\u200b]/gu, '') ?? '';
  }

  async close(): Promise<void> {
    for (const page of [...this.#clerks, this.#television]) await page.context().close();
  }

  /** Everybody who was taken in is so on the page, on the platform and in the ledger: each once, and nothing else. */
  async everythingArrivesOnce(): Promise<void> {
    const site = this.site;
    const safe = this.#safe;
    await this.counts('safe', safe.size);
    expect(await site.terminal('shelter').end()).toBe(0);
    const kept = await durableFacts(site.stateOf('shelter'), 'shelter');
    const told = site.factsOf('shelter');
    expect(told.map(({ seq, event }) => [seq, event])).toEqual(
      kept.slice(0, told.length).map(({ seq, event }) => [seq, event]),
    );
    expect(kept.slice(told.length).filter(({ event }) => event === 'shelter.arrived')).toEqual([]);
    const arrived = kept.filter(({ event }) => event === 'shelter.arrived');
    expect(arrived).toHaveLength(safe.size);
    expect(new Set(arrived.map(({ subject }) => subject)).size).toBe(safe.size);
    expect(arrived.every(({ body }) => body['shelter'] === SHELTER)).toBe(true);
    expect(site.quarantined).toBe(0);
  }
}

async function clerksAt(browser: Browser, origin: string): Promise<Page[]> {
  const pages: Page[] = [];
  for (const name of CLERKS) {
    pages.push(await openClerksPage(browser, origin, { name, password: CLERKS_PASSWORD }));
  }
  return pages;
}
