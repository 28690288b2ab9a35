/** What people do when their municipality says that they have to leave: at its desk, with the remote control, at home. */

import type { TownShown } from './messages.ts';
import type { Place } from './place.ts';
import { TELEVISION } from './places.ts';
import type { Request } from './requests.ts';
import type { TelevisionStack } from './television-stack.ts';
import { linkCards } from './television-visitor.ts';
import type { TownHall } from './town-hall.ts';
import type { Street } from './world.ts';

/** Null for a request that is about something else. Rejects with why not. */
export async function obeyAtTown(street: Street, request: Request): Promise<string | null> {
  switch (request.do) {
    case 'press': {
      const { place, television } = televisionAt(street, request.at);
      await television.press(request.button);
      return `"${request.button}" was pressed on the remote control of ${place.id}`;
    }
    case 'link': {
      const { place } = televisionAt(street, request.at);
      const resident = street.resident(request.who);
      await linkCards(place, [resident]);
      return `${place.id} calls ${resident.person.id} by name from now on`;
    }
    case 'alert':
      return townHallOf(street).alert(request);
    default:
      return null;
  }
}

/** How it stands with everybody, line by line. */
export async function evacuationIn(street: Street): Promise<string> {
  const townHall = townHallOf(street);
  await townHall.look();
  const shown = townHall.shown();
  return shown === null ? 'nothing is known yet' : describe(shown);
}

/** Throws where no terminal of the street is about an evacuation. */
export function townHallOf({ townHall }: Street): TownHall {
  if (townHall === null) throw new Error('no terminal here is about an evacuation');
  return townHall;
}

function televisionAt(
  street: Street,
  at: string = TELEVISION.id,
): { readonly place: Place; readonly television: TelevisionStack } {
  const place = street.place(at);
  const { television } = place;
  if (television === null) throw new Error(`there is no television at ${place.id}`);
  return { place, television };
}

function describe({ name, url, isDown, counts, shelters, people, alerts }: TownShown): string {
  const { all, safe, leaving, help, unknown, unlisted } = counts;
  return [
    `${name}${isDown ? ' (without power)' : ''}: ${url}`,
    ...alerts.map(({ id, level, drill, what }) => {
      return `level ${level}${drill ? ' (drill)' : ''}: ${what.en}  ${id}`;
    }),
    ...(alerts.length === 0 ? ['no alert is in force'] : []),
    `of ${all}: ${safe} safe, ${leaving} leaving, ${help} need help, ${unknown} not accounted for; ${unlisted} on no list`,
    ...shelters
      .filter((shelter) => shelter.people > 0)
      .map((shelter) => `${shelter.name}: ${shelter.people} of ${shelter.capacity}`),
    ...people.map(({ who, standing, shelters: at, protected: isProtected }) => {
      const where = isProtected ? '(nobody is told where)' : at.join(', ');
      return `  ${who.padEnd(18)} ${standing.padEnd(8)} ${where}`.trimEnd();
    }),
  ].join('\n');
}
