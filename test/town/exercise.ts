/** An exercise: an invented town an hour after the alert, as the pictures and the bench show it. */

import { inventResidents } from '../../platform-sim/evacuation/invented-residents.ts';
import type { RegisterEntry } from '../../platform-sim/evacuation/residents.ts';
import { SHIOMI_DISTRICTS } from '../../platform-sim/evacuation/shiomi.ts';
import type { TownRig } from './town-rig.ts';

const MINUTE_MS = 60_000;

/** The people of the reference picture, before those who are invented by chance. */
const KNOWN: readonly RegisterEntry[] = [
  known('森川 ハツ', 'モリカワ ハツ', '1944-03-01', 'kawara', '川原町 3', '足が痛い'),
  known('津田 シゲ', 'ツダ シゲ', '1947-03-01', 'kawara', '川原町 1', '車いす'),
  known(
    'ディアス マリア',
    'ディアス マリア',
    '1992-03-01',
    'minato',
    '港町 8',
    '赤ちゃん、ポルトガル語',
  ),
  known('古川 勝', 'フルカワ マサル', '1960-03-01', 'kawara', '川原町 7', '透析 あす'),
];

function known(
  name: string,
  kana: string,
  born: string,
  district: string,
  address: string,
  support: string,
): RegisterEntry {
  const said = { name, kana, born, district, address, support };
  const more = { fingerprint: null, household: name, needs: [], protected: false };
  return { number: `1-${kana}`, ...said, ...more };
}

export function exerciseEntries(count = 2_418): RegisterEntry[] {
  return [
    ...KNOWN,
    ...inventResidents({ count: count - KNOWN.length, districts: SHIOMI_DISTRICTS }),
  ];
}

/** `begun`: ms since the epoch, when the alert was sent; 22 minutes are told. */
export function tellExercise(rig: TownRig, begun: number): void {
  const people = [...rig.residents.registered()];
  const refs = new Map(people.map(({ ref, number }) => [number, ref]));
  const minute = (at: number) => begun + at * MINUTE_MS;
  const shelters = rig.town.shelters;
  let place = 0;
  for (const { ref, number, district } of people) {
    if (KNOWN.some((one) => one.number === number)) continue;
    place = (place * 31 + 17) % 1_009;
    // The river comes there first.
    if (district === 'kawara' && place % 3 === 0) continue;
    if (district === 'kitayama' && place > 700) place -= 500;
    const at = minute(2 + 19 * (((place * 613) % 1_009) / 1_009) ** 0.7);
    const box = `stb-${place % 40}`;
    if (place < 492) {
      const shelter = shelters[(place * 7) % (shelters.length + 2)] ?? shelters[0];
      rig.tell(`reader-${shelter?.id}`, 'shelter.arrived', { shelter: shelter?.id, ref }, at);
    } else if (place < 660) {
      rig.tell(box, 'alert.answered', { alert: 'A', ref, answer: 'leaving' }, at);
    } else if (place < 700) {
      rig.tell(box, 'alert.answered', { alert: 'A', ref, answer: 'safe' }, at);
    } else if (place < 760) rig.tell(box, 'alert.seen', { alert: 'A', refs: [ref] }, minute(1));
  }
  KNOWN.forEach(({ number }, at) => {
    const body = { alert: 'A', ref: refs.get(number), answer: 'help' };
    rig.tell('stb-help', 'alert.answered', body, minute(15 + at * 2));
  });
  const shelter = 'shiomi-elementary';
  rig.tell(`reader-${shelter}`, 'shelter.arrived', { shelter, mark: 'm1', count: 3 }, minute(9));
  const someone = people.at(-1);
  if (someone !== undefined) {
    const { ref } = someone;
    const day = new Date(begun + 9 * 3_600_000).toISOString().slice(0, 10);
    const at = minute(20);
    rig.tell(`reader-${shelter}`, 'shelter.arrived', { shelter, ref }, at);
    rig.tell(`reader-${shelter}`, 'shelter.needs-told', { shelter, ref, needs: ['medicine'] }, at);
    rig.tell(`reader-${shelter}`, 'shelter.supplied', { shelter, ref, kind: 'water', day }, at);
  }
}
