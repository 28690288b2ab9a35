/** Metrics as a collector reads them: over HTTP from a terminal that runs. */

import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startTerminal } from '../src/terminal.ts';
import { JournalLines } from './journal-lines.ts';
import { hanako, LIST, type World, withTerminal } from './terminal.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly allow: string | undefined;
}

function ask(port: number, path: string, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.on('end', () => {
        const { 'content-type': type = '', allow } = response.headers;
        resolve({ status: response.statusCode ?? 0, type, text, allow });
      });
    });
    asked.on('error', reject).end();
  });
}

/** The value of a sample; `labels` as they are written. Null when there is none. */
function sample(text: string, name: string, labels = ''): number | null {
  const line = text.split('\n').find((one) => one.startsWith(`${name}${labels} `));
  return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')));
}

/** The world's terminal again, with metrics on a port of its own. */
async function withMetrics(
  world: World,
  story: (port: number, journal: JournalLines) => Promise<void>,
): Promise<void> {
  await world.stop();
  const journal = new JournalLines();
  const onDefect = (error: unknown): never => {
    throw error;
  };
  const terminal = await startTerminal(
    { ...world.config, metrics: { port: 0 } },
    { out: journal.out, onDefect, onRestart: () => {} },
  );
  try {
    const { port } = await journal.next({ event: 'metrics.ready' });
    await story(Number(port), journal);
  } finally {
    await terminal.stop('test');
  }
}

test('taps, prints and levels are counted as they happen', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    const { card } = world.ticket('hanako');
    const stranger = await world.cards.card();
    await withMetrics(world, async (port, journal) => {
      await journal.next({ event: 'terminal.in-service' });
      await journal.next({ event: 'device.ready', device: 'receipt' });
      for (const held of [card, stranger, stranger]) {
        const after = journal.all.length;
        await world.hold(held.card);
        await journal.first(({ event }) => event.startsWith('entry.'), after);
        await world.remove();
      }
      await journal.next({ event: 'print.done' });
      const plugged = journal.all.length;
      await world.reader('unplug');
      await journal.next({ event: 'terminal.out-of-service' }, plugged);
      const { status, type, text } = await ask(port, '/metrics');
      expect(status).toBe(200);
      expect(type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
      expect(text.endsWith('# EOF\n')).toBe(true);
      expect(sample(text, 'kazasu_taps_total', '{outcome="granted",reason=""}')).toBe(1);
      expect(sample(text, 'kazasu_taps_total', '{outcome="refused",reason="not-on-list"}')).toBe(2);
      expect(sample(text, 'kazasu_prints_total', '{outcome="printed"}')).toBe(1);
      expect(sample(text, 'kazasu_print_duration_seconds_count')).toBe(1);
      const total = 'kazasu_tap_duration_seconds_count';
      expect(sample(text, total, '{stage="total"}')).toBe(3);
      expect(sample(text, total, '{stage="read"}')).toBe(3);
      const sum = sample(text, 'kazasu_tap_duration_seconds_sum', '{stage="total"}');
      expect(sum).toBeGreaterThan(0);
      expect(sum).toBeLessThan(60);
      expect(sample(text, 'kazasu_device_up', '{device="reader"}')).toBe(0);
      expect(sample(text, 'kazasu_device_up', '{device="receipt"}')).toBe(1);
      expect(sample(text, 'kazasu_printer_ready')).toBe(1);
      expect(sample(text, 'kazasu_in_service')).toBe(0);
      const out = '{reason="reader-lost"}';
      expect(sample(text, 'kazasu_out_of_service_total', out)).toBeGreaterThan(0);
      expect(sample(text, 'kazasu_list_version', `{list="${LIST}"}`)).toBe(1);
      expect(sample(text, 'kazasu_list_age_seconds', `{list="${LIST}"}`)).toBeGreaterThan(0);
      expect(sample(text, 'kazasu_disk_headroom_bytes')).toBeGreaterThan(1_000_000);
      expect(sample(text, 'kazasu_events_dropped_total')).toBe(0);
      expect(sample(text, 'process_cpu_seconds_total')).toBeGreaterThan(0);
      expect(text).not.toContain('0042-7781');
    });
  }));

test('what waits is told: facts for the platform, papers for staff, also those of an earlier run', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    await world.journal.next({ event: 'terminal.in-service' });
    await world.printer('paper-out');
    await world.journal.next({ event: 'device.condition', condition: 'paper-out' });
    await world.stopPlatform();
    await world.tap(world.ticket('hanako').card.card);
    await world.journal.next({ event: 'print.owed' });
    await withMetrics(world, async (port, journal) => {
      await journal.next({ event: 'link.down' });
      const text = await vi.waitFor(async () => {
        const reply = await ask(port, '/metrics');
        expect(sample(reply.text, 'kazasu_papers_waiting', '{state="owed"}')).toBe(1);
        return reply.text;
      }, PATIENCE);
      expect(sample(text, 'kazasu_papers_waiting', '{state="unknown"}')).toBe(0);
      expect(sample(text, 'kazasu_facts_waiting')).toBeGreaterThan(0);
      expect(sample(text, 'kazasu_link_up')).toBe(0);
      expect(sample(text, 'kazasu_clock_quality', '{quality="holdover"}')).toBe(1);
      expect(sample(text, 'kazasu_clock_quality', '{quality="synced"}')).toBe(0);
    });
  }));

test('other paths and other methods get nothing', () =>
  withTerminal({ platform: 'stopped' }, (world) =>
    withMetrics(world, async (port) => {
      expect(await ask(port, '/')).toMatchObject({ status: 404, text: '' });
      expect(await ask(port, '/metrics/../etc')).toMatchObject({ status: 404 });
      expect(await ask(port, '/metrics', 'POST')).toMatchObject({
        status: 405,
        allow: 'GET, HEAD',
      });
      expect(await ask(port, '/metrics', 'HEAD')).toMatchObject({ status: 200, text: '' });
      expect(await ask(port, '/metrics?debug=1')).toMatchObject({ status: 200 });
    }),
  ));

test('a port in use is journaled, and the gate serves all the same', () =>
  withTerminal({ tickets: hanako }, async (world) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as { port: number };
    await world.stop();
    const journal = new JournalLines();
    const onDefect = (error: unknown): never => {
      throw error;
    };
    const config = { ...world.config, metrics: { port } };
    const terminal = await startTerminal(config, {
      out: journal.out,
      onDefect,
      onRestart: () => {},
    });
    const line = await journal.next({ event: 'metrics.unavailable' });
    expect(line).toMatchObject({ port, reason: expect.stringContaining('EADDRINUSE') });
    await journal.next({ event: 'terminal.in-service' });
    await terminal.stop('test');
    expect(journal.count({ event: 'metrics.ready' })).toBe(0);
  }));

test('docs/metrics.md lists every metric with what it says', () =>
  withTerminal({ platform: 'stopped' }, (world) =>
    withMetrics(world, async (port) => {
      const documented = readFileSync(join(import.meta.dirname, '../docs/metrics.md'), 'utf8');
      const { text } = await vi.waitFor(async () => {
        const reply = await ask(port, '/metrics');
        expect(reply.text).toContain('kazasu_papers_waiting');
        return reply;
      }, PATIENCE);
      const type = new Map(
        [...text.matchAll(/^# TYPE (\S+) (\S+)$/gmu)].map(([, name = '', is = '']) => [name, is]),
      );
      const rows = [...text.matchAll(/^# HELP (\S+) (.+)$/gmu)].map(([, name = '', help]) => {
        const told = type.get(name) === 'counter' ? `${name}_total` : name;
        return `| \`${told}\` | ${type.get(name)} | ${help} |`;
      });
      expect(rows.length).toBeGreaterThan(15);
      const table = documented.split('\n').filter((line) => line.startsWith('| `'));
      expect(table.toSorted()).toEqual(rows.toSorted());
    }),
  ));
