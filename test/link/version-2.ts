/** A terminal that has version 2 of the list, and its platform. */

import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { PlatformKeys } from '../../platform-sim/signing.ts';
import { FakePlatform, type Published } from './fake-platform.ts';
import { LIST, TestTerminal, tempFolder } from './fixtures.ts';

/**
 * What a terminal and its platform have after version 2 came down: made once, for building a list
 * takes a worker.
 */
interface Begun {
  readonly state: string;
  readonly keys: PlatformKeys;
  readonly published: Published;
  readonly objects: ReadonlyMap<string, Buffer>;
}
let begun: Begun | null = null;

afterAll(() => {
  if (begun !== null) rmSync(begun.state, { recursive: true, force: true });
});

async function begin(): Promise<Begun> {
  const platform = await FakePlatform.start();
  const terminal = new TestTerminal();
  const link = await terminal.connect(platform.url);
  const published = await platform.publish(2);
  await platform.sendHead(published.head);
  await terminal.until('list.activated', { version: 2 });
  await link.close();
  terminal.end();
  const state = mkdtempSync(join(tmpdir(), 'kazasu-link-'));
  cpSync(terminal.state, state, { recursive: true });
  const { keys, objects } = platform;
  return { state, keys, published, objects };
}

/** A platform and a terminal that has version 2 of the list and is connected. */
export async function withVersion2() {
  begun ??= await begin();
  const { keys, published, objects } = begun;
  const platform = await FakePlatform.start(keys);
  for (const [sha256, bytes] of objects) platform.objects.set(sha256, bytes);
  const state = tempFolder();
  cpSync(begun.state, state, { recursive: true });
  // A copy gets the rights of any new folder, with which no key in it is used.
  chmodSync(join(state, 'keys'), 0o700);
  const terminal = new TestTerminal(state);
  await terminal.listKeys.load(LIST);
  const open = terminal.opener(platform.url);
  const link = await open();
  terminal.noted.length = 0;
  return { platform, terminal, published, open, link };
}

/** Resolves when the platform's word on the active list is the one of `at`. */
export async function confirmed({ shelf }: TestTerminal, at: string): Promise<void> {
  const confirmedAt = (): number | undefined => shelf.active(LIST)?.confirmedAt;
  await expect.poll(confirmedAt, { timeout: 20_000 }).toBe(Date.parse(at));
}
