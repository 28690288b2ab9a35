/** The role order on the link: what a command brings that makes a terminal something else for a while. Of `kazasu.v1.2`. */

import { z } from 'zod';
import type { ShelterRole } from '../domain/role.ts';
import { MUNICIPALITY_CODE } from './alert-protocol.ts';

const id = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/u,
    'lower-case letters, digits, dot, dash, underscore; 64 at most',
  );

export const ROLE_ORDER = z.strictObject({
  role: z.literal('shelter'),
  shelter: id,
  name: z.string().regex(/^(?=.*\S)[^\p{Cc}]{1,40}$/u, '1 to 40 printable characters'),
  capacity: z.int().min(1).max(100_000),
  list: id,
  municipality: MUNICIPALITY_CODE,
  certificate: z.base64().max(8_192),
  until: z.iso.datetime(),
}) satisfies z.ZodType<ShelterRole>;

/** What a command of this name must bring, and may not. */
interface Said {
  readonly to: 'all' | readonly string[];
  readonly do: { readonly name: string; readonly role?: ShelterRole };
}

/** A role is one terminal's: an order that is for several, or brings none, is no order. */
export function isRoleOrderInForm({ to, do: { name, role } }: Said): boolean {
  if ((name === 'take-role') !== (role !== undefined)) return false;
  const isAboutRole = name === 'take-role' || name === 'end-role';
  return !isAboutRole || (to !== 'all' && to.length === 1);
}
