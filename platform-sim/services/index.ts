/** THE LIST of other sides, by the names of their services. */

import type { OtherSide } from '../other-side.ts';
import { ageCheck } from './age-check.ts';

export type OtherSides = Readonly<Record<string, OtherSide>>;

export const OTHER_SIDES: OtherSides = { 'age-check': ageCheck };
