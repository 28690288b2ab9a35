/** At a shelter: how the terminal is. What concerns a person is decided on that person's own screens, with a staff card. */

import type { StaffWork } from './staff-work.ts';

export const SHELTER_WORK: StaffWork = {
  errands: ['health'],
  async waiting() {
    return { shown: { papers: [], cases: [], more: 0 }, allPapers: [] };
  },
};
