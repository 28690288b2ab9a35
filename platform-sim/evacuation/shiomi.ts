/** 汐見市 as its plan that ships says it: where the street and the exercises play. */

import { shippedPlan } from '../alerts/plans.ts';
import { SHIOMI_CODE } from './evacuee.ts';

export const SHIOMI_PLAN = shippedPlan(SHIOMI_CODE);
export const SHIOMI_DISTRICTS = SHIOMI_PLAN.districts.map(({ district }) => district);
export const SHIOMI_SHELTERS = SHIOMI_PLAN.shelters;
