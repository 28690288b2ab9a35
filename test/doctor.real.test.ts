/** `kazasu doctor` as people call it: beside a gate on the real card stack, as root, and as somebody who may see nothing. */

import { lchownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Finished, launcher, runToEnd } from './rig/program.ts';
import { type Site, withSite } from './rig/site.ts';

const NOBODY = 65_534;

function doctor(site: Site, ...args: string[]): Promise<Finished> {
  return runToEnd([launcher('kazasu'), 'doctor', '--config', site.config, ...args]);
}

function doctorWithPcscd(site: Site, ...args: string[]): Promise<Finished> {
  const all = [launcher('kazasu'), 'doctor', '--config', site.config, ...args];
  return runToEnd(all, { env: site.pcscd.env });
}

/** The state of one check in what `--json` printed. */
function stateOf({ stdout }: Finished, id: string): unknown {
  const { checks } = JSON.parse(stdout) as { checks: { id: string; state: string }[] };
  return checks.find((check) => check.id === id)?.state;
}

test('beside a gate that serves: readers are listed, and the card that it holds is not disturbed', () =>
  withSite({ reader: 'pcsc', tickets: 2 }, async (site) => {
    await site.openGate();
    const looking = doctorWithPcscd(site, '--json');
    const answer = await site.tap(site.cardOf('T-1'));
    const first = await looking;
    expect(answer.event).toBe('entry.granted');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(stateOf(first, 'card-service')).toBe('ok');
    expect(stateOf(first, 'card-reader')).toBe('ok');
    // The gate has the printer's line; the doctor takes the gate's word for it.
    expect(stateOf(first, 'receipt-printer')).toBe('ok');

    const next = site.gate.lines.all.length;
    await site.hold(site.cardOf('T-2'));
    await site.gate.next({ event: 'entry.granted' }, next);
    expect((await doctorWithPcscd(site)).code).toBe(0);
    await site.gate.next({ event: 'print.done' }, next);
    await site.remove();
    expect(site.gate.lines.count({ event: 'device.lost' })).toBe(0);
    expect(site.gate.lines.count({ event: 'card.unreadable' })).toBe(0);
  }));

test('without pcscd the terminal could not serve, and what to do is said', () =>
  withSite({ reader: 'pcsc', tickets: 1 }, async (site) => {
    await site.openGate();
    await site.gate.end();
    await site.killPcscd();
    const { code, stdout } = await doctorWithPcscd(site);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^not well +card-service .*pcscd does not answer.*\n +-> start pcscd/mu);
    expect(stdout).toContain('The terminal could not serve.');
  }));

test('with no daemon on the folder the printer itself is asked', () =>
  withSite({ tickets: 1 }, async (site) => {
    await site.startGate();
    await site.gate.next({ event: 'terminal.in-service' });
    await site.gate.end();
    const well = await doctor(site, '--json');
    expect(stateOf(well, 'receipt-printer')).toBe('ok');
    site.printer.setFault('cover-open');
    const done = await doctor(site);
    expect(done.stdout).toMatch(/^not well +receipt-printer .*cover-open\n +-> close/mu);
    expect(done.code).toBe(0);
  }));

test('after a kill -9 every file still belongs to the user of the daemon, whoever asked', () =>
  withSite({ tickets: 1 }, async (site) => {
    await site.openGate();
    await site.tap(site.cardOf('T-1'));
    await site.gate.killHard();
    const owned = below(site.gateState);
    for (const path of owned) lchownSync(path, NOBODY, NOBODY);
    lchownSync(site.gateState, NOBODY, NOBODY);
    const done = await doctor(site, '--json');
    expect(done.code).toBe(0);
    expect(stateOf(done, 'ledger')).toBe('ok');
    const foreign = below(site.gateState).filter((path) => lstatSync(path).uid !== NOBODY);
    expect(foreign).toEqual([]);
    expect(below(site.gateState).toSorted()).toEqual(owned.toSorted());
  }));

test('who may not see the state folder is told so, and not that the terminal is ill', () =>
  withSite({ tickets: 1 }, async (site) => {
    await site.openGate();
    await chmod(site.directory, 0o755);
    const done = await runToEnd([launcher('kazasu'), 'doctor', '--config', site.config, '--json'], {
      within: ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'],
    });
    expect(done.stderr).toBe('');
    expect(stateOf(done, 'ledger')).toBe('unknown');
    expect(stateOf(done, 'daemon')).toBe('unknown');
    expect(stateOf(done, 'list')).toBe('unknown');
    expect(stateOf(done, 'receipt-printer')).toBe('unknown');
    expect(done.code).toBe(0);
  }));

test('exit codes: a wrong configuration is 2, so is a bundle that would overwrite something', () =>
  withSite({}, async (site) => {
    const bundle = join(site.directory, 'support.json');
    const made = await doctor(site, '--bundle', bundle);
    expect(made.code).toBe(1);
    expect(statSync(bundle).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(bundle, 'utf8')).doctor.couldServe).toBe(false);
    const again = await doctor(site, '--bundle', bundle);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toMatch(/support\.json: EEXIST/u);

    await writeFile(site.config, 'profile = "gate"\nname = 7\n');
    const wrong = await doctor(site);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/:2: "name": /u);
  }));

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    join(folder, path),
  );
}
