/** Incidents and attacks that concern a gate, but for those that take long. */

import { quick, scenariosAreProved } from './proved-scenarios.ts';

scenariosAreProved(quick());
