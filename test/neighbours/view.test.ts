/** What a doctor beside a gate sees of its neighbours, and what staff can do about them at a keyboard. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { viewOfJournal } from '../../src/doctor/journal-view.ts';
import { lookAtState } from '../../src/doctor/state.ts';
import { neighbourCommands } from '../../src/neighbour-commands.ts';
import { Heard } from '../../src/store/heard.ts';
import { tempFolder } from './venue.ts';

function configured(neighbours: string): { state: string; file: string } {
  const folder = tempFolder();
  const state = join(folder, 'state');
  mkdirSync(state);
  const file = join(folder, 'gate.toml');
  writeFileSync(
    file,
    `profile = "gate"\nname = "west"\nstate = ${JSON.stringify(state)}
[platform]\nurl = "wss://127.0.0.1:1/terminals"\n[card]\ndriver = "simulated"
[receipt]\ndriver = "simulated"\n[services.event-entry]\nlist = "stadium"\n${neighbours}`,
  );
  return { state, file };
}

test('who is heard is told by the journal, from the last start on', async () => {
  const state = tempFolder();
  mkdirSync(join(state, 'journal'));
  const at = (second: number) => new Date(Date.UTC(2026, 1, 20, 9, 0, second)).toISOString();
  const lines = [
    { at: at(0), event: 'neighbour.up', neighbour: 'north' },
    { at: at(1), event: 'neighbours.ready', port: 8_402 },
    { at: at(2), event: 'neighbour.up', neighbour: 'east' },
    { at: at(3), event: 'neighbour.up', neighbour: 'south' },
    { at: at(4), event: 'neighbour.down', neighbour: 'south', reason: 'silent' },
    { at: at(5), event: 'neighbour.down', neighbour: 'east', reason: 'silent' },
  ];
  const view = async (count: number) => {
    const text = lines.slice(0, count).map((line) => `${JSON.stringify(line)}\n`);
    writeFileSync(join(state, 'journal', 'journal.jsonl'), text.join(''));
    return (await viewOfJournal(state)).neighbours;
  };
  expect(await view(2)).toEqual({ heard: [], silentSince: Date.parse(at(1)) });
  expect(await view(4)).toEqual({ heard: ['east', 'south'], silentSince: null });
  expect(await view(5)).toEqual({ heard: ['east'], silentSince: null });
  expect(await view(6)).toEqual({ heard: [], silentSince: Date.parse(at(5)) });
});

test('without a daemon nobody is heard; who is not believed is told all the same, until released', async () => {
  const { file, state } = configured('[neighbours]\ndiscover = "mdns"\n');
  const config = readConfig(file);
  const neighbours = async () => (await lookAtState(config)).levels.neighbours;
  expect(await neighbours()).toEqual({ heard: null, silentSince: null, held: [] });
  const said: object[] = [];
  const kazasu = async (...args: readonly string[]) => {
    const program = new Command().exitOverride();
    const words = (text: string) => text;
    neighbourCommands(program, words, (path, work) => void said.push(work(readConfig(path))));
    await program.parseAsync(['neighbours', ...args, '--config', file], { from: 'user' });
    return said.at(-1);
  };
  await expect(kazasu('held')).rejects.toThrow('no neighbour was ever heard here');
  const heard = Heard.open(state);
  heard.hold({ terminal: 'east', why: 'too many', at: Date.UTC(2026, 1, 20) });
  expect(await neighbours()).toMatchObject({ held: [{ terminal: 'east', why: 'too many' }] });
  expect(await kazasu('held')).toEqual([
    { neighbour: 'east', why: 'too many', at: '2026-02-20T00:00:00.000Z' },
  ]);
  const why = ['--by', '佐藤', '--why', '本物'];
  expect(await kazasu('release', 'east', ...why)).toMatchObject({ released: true, by: '佐藤' });
  await expect(kazasu('release', 'east', ...why)).rejects.toThrow('not one of which nothing more');
  expect(await neighbours()).toMatchObject({ held: [] });
  heard.close();
});

test('where none are configured, the doctor says so and a command refuses', async () => {
  const { file } = configured('');
  expect((await lookAtState(readConfig(file))).levels.neighbours).toBe('none');
  const program = new Command();
  neighbourCommands(program, String, (path, work) => void work(readConfig(path)));
  const held = program.parseAsync(['neighbours', 'held', '--config', file], { from: 'user' });
  await expect(held).rejects.toThrow('its configuration names none');
});
