import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HEAD } from '../../src/link/protocol.ts';
import { stopwatch } from '../rig/stopwatch.ts';
import { BareTerminal, Chain } from './bare-terminal.ts';
import { writeMaterial } from './material.ts';
import { Bench, jsonLines, refusal, run } from './programs.ts';

let material: string;
let bench: Bench;
const path = (name: string) => join(material, name);

beforeAll(async () => {
  material = await writeMaterial();
});
afterAll(() => rm(material, { recursive: true }));
beforeEach(async () => {
  bench = await Bench.create();
});
afterEach(() => bench.remove());

/** Of this list, as often as they were told; the signed content stands in clear in the statement. */
function versionsTold(terminal: BareTerminal, list: string): number[] {
  return terminal.frames.flatMap((told) => {
    if (told.frame !== 'head') return [];
    const [content] = /\{"kind":"head".*?\}/u.exec(atob(told.statement)) ?? [];
    const head = HEAD.parse(JSON.parse(content ?? '{}'));
    return head.list === list ? [head.version] : [];
  });
}

describe('serve', () => {
  test('says where it listens, and ends with 0 on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { server, url, port } = await bench.serve();
      expect(url).toBe(`ws://127.0.0.1:${port}/terminals`);
      const terminal = await BareTerminal.greet(url, new Chain());
      expect(await server.end(signal)).toBe(0);
      expect(await terminal.closed).toBe(1001);
    }
  });

  test('keeps its state to this user alone', async () => {
    await bench.serve();
    expect((await stat(bench.state)).mode & 0o777).toBe(0o700);
    for (const file of ['facts.db', 'lists.db', 'facts.db-wal', 'keys/ca-key.pem']) {
      expect((await stat(join(bench.state, file))).mode & 0o077, file).toBe(0);
    }
  });

  test('refuses a port that is taken or is none, and a folder that cannot be one', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    expect(await refusal(bench.run('serve', '--port', String(port)))).toContain('is taken');
    other.close();
    const wrong = ['x', '-1', '65536', '1.5', ''];
    const refused = wrong.map((port) => refusal(bench.run('serve', `--port=${port}`)));
    for (const said of await Promise.all(refused)) expect(said).toContain('--port');
    const inFile = ['serve', '--port', '0', '--state', path('a.der')];
    expect(await refusal(run(inFile))).toContain('--state');
  });

  test('goes on when nobody reads its output any more', async () => {
    const { server, url } = await bench.serve();
    server.process.stdout?.destroy();
    const chain = new Chain().add();
    const terminal = await BareTerminal.greet(url, chain);
    expect(await terminal.tell(chain)).toBe(1);
    expect(await terminal.tell(chain.add(), 2)).toBe(2);
  });
});

describe('killed with SIGKILL', () => {
  test('after the commit and before the ack: each fact is there exactly once', async () => {
    const chain = new Chain().add().add().add();
    const first = await bench.serve();
    const terminal = await BareTerminal.greet(first.url, chain);
    terminal.socket.pause();
    terminal.facts(1, chain.items);
    await first.server.line(({ event }) => event === 'facts.stored');
    await first.server.end('SIGKILL');
    const second = await bench.serve();
    const again = await BareTerminal.greet(second.url, chain);
    expect(again.welcome.upto).toBe(3);
    expect(await again.tell(chain)).toBe(3);
    const facts = await bench.facts();
    expect(facts.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    terminal.socket.terminate();
  });

  test('again and again at any moment: nothing is lost and nothing is twice', async () => {
    const chain = new Chain();
    for (let fact = 0; fact < 600; fact += 1) chain.add({ fact });
    let { server, url, port } = await bench.serve();
    let acked = 0;
    for (let round = 0; acked < chain.items.length; round += 1) {
      const terminal = await BareTerminal.greet(url, chain);
      expect(terminal.welcome.upto).toBeGreaterThanOrEqual(acked);
      for (let from = terminal.welcome.upto + 1; from <= chain.items.length; from += 10) {
        terminal.facts(from, chain.items.slice(from - 1, from + 9));
      }
      const seen = () => terminal.frames.filter(({ frame }) => frame === 'ack').length;
      const killAfter = round < 6 ? 1 + ((round * 7) % 11) : Number.POSITIVE_INFINITY;
      const isOver = () => seen() >= killAfter || ackedBy(terminal) === chain.items.length;
      await terminal.until(isOver, 'enough acks');
      acked = ackedBy(terminal);
      if (round >= 6) break;
      await server.end('SIGKILL');
      await terminal.closed;
      ({ server, url, port } = await bench.serve(port));
    }
    const facts = await bench.facts();
    expect(facts.map(({ fact }) => fact)).toEqual(Array.from({ length: 600 }, (_, at) => at));
  }, 120_000);

  function ackedBy(terminal: BareTerminal): number {
    return Math.max(...terminal.frames.map((frame) => ('upto' in frame ? frame.upto : 0)));
  }
});

describe('beside a running server', () => {
  test('an import, a cancellation and new trust reach terminals within two seconds', async () => {
    const { url } = await bench.serve();
    const lists = ['stadium'];
    const terminal = await BareTerminal.greet(url, new Chain(), { lists });
    const newest = (list: string) => Math.max(0, ...versionsTold(terminal, list));
    await terminal.until(() => newest('trust') > 0, 'the head of trust');
    for (const [list, change] of [
      ['stadium', () => bench.importCsv(path('good.csv'))],
      [
        'stadium',
        () =>
          bench.run(
            'ticket',
            'cancel',
            '--list=stadium',
            '--ticket=T-1',
            '--by=me',
            '--why=refund',
          ),
      ],
      ['trust', () => bench.run('trust', 'add', '--ca', path('ca.der'))],
    ] as const) {
      const before = newest(list);
      expect(await change()).toMatchObject({ code: 0, stderr: '' });
      const took = stopwatch();
      await terminal.until(() => newest(list) > before, 'the new head');
      // Four times what is promised: other programs may have this machine's processors.
      expect(took()).toBeLessThan(8_000);
    }
  });

  test('facts --follow shows what was there, then each new fact, and ends quietly', async () => {
    const { url } = await bench.serve();
    const chain = new Chain().add({ ticket: 'T-1', terminal: 'somebody else' });
    const terminal = await BareTerminal.greet(url, chain);
    await terminal.tell(chain);
    const follow = bench.begin('facts', '--follow');
    const first = await follow.line(({ seq }) => seq === 1);
    const { epoch } = chain;
    const envelope = { terminal: 'gate-1', epoch, event: 'entry.granted' };
    expect(first).toMatchObject({ ...envelope, ticket: 'T-1' });
    expect(Object.keys(first).slice(0, 5)).toEqual(['terminal', 'epoch', 'seq', 'event', 'at']);
    await terminal.tell(chain.add({ ticket: 'T-2' }), 2);
    expect(await follow.line(({ seq }) => seq === 2)).toMatchObject({ ticket: 'T-2' });
    expect(await follow.end('SIGINT')).toBe(0);
  });

  test('a list shows who has entered where, and terminals what is known of each', async () => {
    const { url } = await bench.serve();
    await bench.importCsv(path('good.csv'));
    const show = async () => JSON.parse((await bench.run('list', 'show', 'stadium')).stdout);
    const { rows } = await show();
    const [{ ref }] = rows;
    const chain = new Chain().add({ list: 'stadium', ref, gate: 'gate-1' });
    await (await BareTerminal.greet(url, chain)).tell(chain);
    const shown = await show();
    expect(shown).toMatchObject({ version: 1, title: 'stadium', assurance: 'identified' });
    expect(shown.rows[0]).toMatchObject({
      ticket: 'T-1',
      seat: '1塁側 12段 5番',
      party: 'family',
      entered: { gate: 'gate-1', terminal: 'gate-1', doubles: 0 },
    });
    expect(shown.rows[1].entered).toBeNull();
    expect(JSON.stringify(shown)).not.toContain('佐藤花子');
    const [terminal] = jsonLines((await bench.run('terminals')).stdout);
    expect(terminal).toMatchObject({ terminal: 'gate-1', upto: 1, suspected: [], lists: [] });
  });

  test('a reader that has had enough ends facts without a word', async () => {
    const { url } = await bench.serve();
    const chain = new Chain();
    for (let fact = 0; fact < 2_000; fact += 1) chain.add({ note: 'x'.repeat(300) });
    const terminal = await BareTerminal.greet(url, chain);
    for (let from = 1; from <= 2_000; from += 500) {
      terminal.facts(from, chain.items.slice(from - 1, from + 499));
    }
    const held = () => terminal.frames.some((frame) => 'upto' in frame && frame.upto === 2_000);
    await terminal.until(held, 'all acks');
    const launcher = join(import.meta.dirname, '../../src/bin/kazasu-platform.mjs');
    const command = `"${process.execPath}" "${launcher}" facts --state "${bench.state}" | head -n 1`;
    const shell = spawn('bash', ['-o', 'pipefail', '-c', command]);
    let stderr = '';
    shell.stderr.on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(shell, 'close');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('without a server', () => {
  test('two commands that begin a state together both succeed', async () => {
    const outcomes = await Promise.all([
      bench.importCsv(path('good.csv')),
      bench.run('trust', 'add', '--ca', path('ca.pem')),
      bench.run('facts'),
    ]);
    expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      outcomes.map(() => ({ code: 0, stderr: '' })),
    );
  });

  test('a cancelled ticket is a fact of the platform with who and why', async () => {
    await bench.importCsv(path('good.csv'));
    const who = ['--by', '本部 田中', '--why', '払い戻し'];
    await bench.run('ticket', 'cancel', '--list', 'stadium', '--ticket', 'T-2', ...who);
    await bench.run('ticket', 'restore', '--list', 'stadium', '--ticket', 'T-2', ...who);
    const facts = await bench.facts();
    expect(facts).toMatchObject([
      { terminal: 'platform', seq: 1, event: 'ticket.cancelled', ticket: 'T-2', by: '本部 田中' },
      { terminal: 'platform', seq: 2, event: 'ticket.restored', ticket: 'T-2', why: '払い戻し' },
    ]);
    const { version, rows } = JSON.parse((await bench.run('list', 'show', 'stadium')).stdout);
    expect({ version, cancelledAt: rows[1].cancelledAt }).toEqual({
      version: 3,
      cancelledAt: null,
    });
    const [listed] = jsonLines((await bench.run('list', 'list')).stdout);
    expect(listed).toMatchObject({ list: 'stadium', version: 3, rows: 3 });
  });

  test('a renewed card takes over the tickets of the old one', async () => {
    await bench.importCsv(path('good.csv'));
    const { stdout } = await bench.run(
      'renewal',
      'add',
      '--old',
      path('a.der'),
      '--new',
      path('new.pem'),
    );
    expect(jsonLines(stdout)).toMatchObject([
      {
        event: 'list.published',
        list: 'stadium',
        version: 2,
        rows: 3,
        chunks: 1,
        deltaBytes: null,
      },
      { event: 'renewal.recorded', lists: 1 },
    ]);
    expect(await bench.facts()).toMatchObject([{ event: 'ticket.renewed', ticket: 'T-1' }]);
    const wrong = ['--old', path('a.der'), '--new', path('nonsense.der')];
    expect(await refusal(bench.run('renewal', 'add', ...wrong))).toContain('is not a certificate');
    const same = ['--old', path('a.der'), '--new', path('a.der')];
    expect(await refusal(bench.run('renewal', 'add', ...same))).toContain('the same certificate');
  });
});

describe('a command that is not one', () => {
  test.each([
    [['serv'], 'Did you mean serve?'],
    [['list', 'shwo'], 'Did you mean show?'],
    [['facts', '--folow'], 'Did you mean --follow?'],
    [['facts', 'extra'], 'too many arguments'],
    [['list', 'import', '--list', 'x'], "required option '--csv <file>'"],
    [['list', 'show'], "missing required argument 'id'"],
    [['list', 'show', 'nowhere'], 'there is no entry list "nowhere"'],
    [['ticket', 'cancel', '--list=x', '--ticket=y', '--by=me', '--why='], '--why'],
    [['ticket', 'cancel', '--list=x', '--ticket=y', '--by=me', '--why=x'], 'no entry list "x"'],
  ])('%j is refused in one line', async (args, message) => {
    expect(await refusal(bench.run(...args))).toContain(message);
  });

  test('help is no failure', async () => {
    const [help, nothing, version] = await Promise.all([
      run(['list', 'import', '--help']),
      run([]),
      run(['--version']),
    ]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('--when-too-old');
    expect(nothing.code).toBe(2);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('every option says in its help what it is for', async () => {
    const commands = ['serve', 'trust add', 'list import', 'ticket cancel', 'facts'];
    const helps = commands.map((command) => run([...command.split(' '), '--help']));
    // A default alone explains nothing.
    for (const { stdout } of await Promise.all(helps)) {
      expect(stdout).not.toMatch(/>\s+\(?default/u);
    }
  });

  test('a file of the state that is no database is named', async () => {
    await mkdir(bench.state);
    await writeFile(
      join(bench.state, 'facts.db'),
      'a text, and long enough to be read as a header'.repeat(9),
    );
    expect(await refusal(bench.run('facts'))).toContain('facts.db is no database');
  });
});
