/** A screen's server over a source that tests play: no machine, no reader. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PageButton } from '../../src/domain/remote.ts';
import type { Key, Screen } from '../../src/domain/screen.ts';
import type { PressResult, ScreenSource } from '../../src/screen/screen-source.ts';
import { openUiServer, type UiServer, type UiServerOptions } from '../../src/screen/ui-server.ts';
import { JournalLines } from '../journal-lines.ts';

export const SCREEN: Screen = {
  number: 1,
  screen: 'closed',
  reason: 'starting',
  language: 'ja',
  sound: 'normal',
  tone: null,
  speech: null,
  keys: [],
  called: false,
  place: { title: '春の音楽祭', gate: '西ゲート', startsAt: null },
  ways: { information: null, otherGate: null },
  colours: {},
  look: { profile: 'small', reader: 'down' },
};

export class FakeSource implements ScreenSource {
  current: Screen = SCREEN;
  result: PressResult = 'taken';
  readonly pressed: { readonly number: number; readonly key: Key }[] = [];
  readonly listeners = new Set<(screen: Screen) => void>();
  readonly buttonListeners = new Set<(button: PageButton) => void>();

  watch(listener: (screen: Screen) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  watchButtons(listener: (button: PageButton) => void): () => void {
    this.buttonListeners.add(listener);
    return () => this.buttonListeners.delete(listener);
  }

  press(number: number, key: Key): PressResult {
    this.pressed.push({ number, key });
    return this.result;
  }

  pressButton(button: PageButton): void {
    for (const listener of [...this.buttonListeners]) listener(button);
  }

  show(change: Partial<Screen> = {}): void {
    this.current = { ...this.current, ...change, number: this.current.number + 1 } as Screen;
    for (const listener of [...this.listeners]) listener(this.current);
  }
}

export interface Served {
  readonly server: UiServer;
  readonly origin: string;
  readonly source: FakeSource;
  readonly journal: JournalLines;
}

/** As the built folder looks: a page with a place for its token, and a file with a hash in its name. */
export async function builtPages(): Promise<string> {
  const files = await mkdtemp(join(tmpdir(), 'kazasu-screen-'));
  onTestFinished(() => rm(files, { recursive: true, force: true }));
  for (const folder of ['terminal', 'street', 'assets']) await mkdir(join(files, folder));
  const page = '<!doctype html><meta name="kazasu-token" content=""><title>page</title>';
  await writeFile(join(files, 'terminal', 'index.html'), page);
  await writeFile(join(files, 'street', 'index.html'), page);
  await writeFile(join(files, 'assets', 'terminal-0a1b2c3d.js'), 'export {};');
  return files;
}

/** Closed with the test. */
export async function serve(options: Partial<UiServerOptions> = {}): Promise<Served> {
  const source = new FakeSource();
  const journal = new JournalLines();
  const server = await openUiServer({
    source,
    port: 0,
    files: await builtPages(),
    embed: null,
    speech: async () => null,
    note: (event, fields) => journal.push(`${JSON.stringify({ event, ...fields })}\n`),
    ...options,
  });
  onTestFinished(() => server.close());
  return { server, origin: server.origin, source, journal };
}
