/** The scenarios of an evacuation that take long. */

import { EVACUATION } from '../../platform-sim/street/evacuation-stage.ts';
import { EVACUATION_SCENARIOS, scenariosAreProved, slow } from './proved-scenarios.ts';

scenariosAreProved(slow(EVACUATION_SCENARIOS), EVACUATION);
