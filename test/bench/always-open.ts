/** Whatever the day and hour of the bench, every municipality of this process serves. */

import { MUNICIPALITIES } from '../../platform-sim/municipality/municipalities.ts';

export function openAlways(): void {
  for (const { resident, familyRegister } of MUNICIPALITIES) {
    for (const schedule of [resident, familyRegister]) {
      Object.assign(schedule, { closedAtYearEnd: false, maintenance: [] });
      Object.assign(schedule.hours, { days: 'every-day', from: '00:00', to: '24:00' });
    }
  }
}
