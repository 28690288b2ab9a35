/** The incidents that take long, and everybody coming by. */

import { scenariosAreProved, slow } from './proved-scenarios.ts';

scenariosAreProved(slow());
