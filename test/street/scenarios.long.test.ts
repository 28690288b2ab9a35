/** The incidents that take long, and everybody coming by. */

import { SLOW_SCENARIOS, scenariosAreProved } from './proved-scenarios.ts';

scenariosAreProved(SLOW_SCENARIOS);
