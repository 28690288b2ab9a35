/** Incidents and attacks that concern a gate, but for those that take long. */

import { QUICK_SCENARIOS, scenariosAreProved } from './proved-scenarios.ts';

scenariosAreProved(QUICK_SCENARIOS);
