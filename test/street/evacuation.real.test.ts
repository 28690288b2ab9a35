/** What goes wrong in an evacuation, at a television and a shelter, but for what takes long. */

import { EVACUATION } from '../../platform-sim/street/evacuation-stage.ts';
import { EVACUATION_SCENARIOS, quick, scenariosAreProved } from './proved-scenarios.ts';

scenariosAreProved(quick(EVACUATION_SCENARIOS), EVACUATION);
