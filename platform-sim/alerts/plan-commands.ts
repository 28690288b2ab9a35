/** `kazasu-platform plan`: what municipalities have written down of how their people leave. */

import { isUtf8 } from 'node:buffer';
import type { Command } from 'commander';
import { z } from 'zod';
import { type AddCommand, check, print, type RawOptions, STATE, withStores } from '../commands.ts';
import { InputError } from '../input-error.ts';
import { readInputFile } from '../input-file.ts';
import type { Stores } from '../stores.ts';
import type { MunicipalPlan } from './plan.ts';
import { PLAN_BYTES_MAX, readPlan } from './plan-file.ts';

/** Adds `plan` and what stands below it. */
export function addPlans(program: Command, command: AddCommand): void {
  const plan = program
    .command('plan')
    .description("municipalities' plans: districts, shelters, and the ways there");
  command(plan, 'import', "take a municipality's plan; it counts from now on, for all that is new")
    .argument('<geojson>', 'districts as polygons, shelters as points; "plan show" writes one')
    .action(importPlan);
  command(plan, 'list', 'show whose plans there are, one JSON line each').action(listPlans);
  command(plan, 'show', 'write a plan as it was taken, or as it ships')
    .argument('<municipality>', 'its code, six digits')
    .action(showPlan);
}

async function importPlan(file: string, raw: RawOptions): Promise<void> {
  const { state } = check(z.object(STATE), raw);
  const bytes = readInputFile(file, PLAN_BYTES_MAX);
  if (typeof bytes === 'string') throw new InputError(`${file} ${bytes}`);
  if (!isUtf8(bytes)) throw new InputError(`${file} is not UTF-8 text`);
  const text = bytes.toString('utf8');
  const plan = readPlan(text, file);
  await withStores(state, async (stores) => {
    checkHomes(stores, plan);
    stores.plans.take(plan.code, text, Date.now());
    const entry = stores.plans.list().find(({ code }) => code === plan.code);
    print({ event: 'plan.taken', ...entry });
  });
}

/** Nobody of the register may be left without a district. Throws InputError. */
function checkHomes({ residents }: Stores, { code, districts }: MunicipalPlan): void {
  if (residents.municipality !== code) return;
  const planned = new Set(districts.map(({ district }) => district.id));
  const lost = [...residents.all()].filter(({ district }) => !planned.has(district));
  if (lost.length === 0) return;
  const where = [...new Set(lost.map(({ district }) => district))].join(', ');
  throw new InputError(`${lost.length} people of the register live in ${where}, which it lacks`);
}

async function listPlans(raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, async ({ plans }) => {
    for (const entry of plans.list()) print(entry);
  });
}

async function showPlan(code: string, raw: RawOptions): Promise<void> {
  await withStores(check(z.object(STATE), raw).state, async ({ plans }) => {
    process.stdout.write(plans.textOf(code));
  });
}
