/** The municipality's residents as a list for its shelters. */

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { entryListManifest, listedRows } from '../../platform-sim/entry-lists.ts';
import { type ListedEvacuee, publishEvacuees } from '../../platform-sim/evacuation/evacuee-list.ts';
import { atTheShelter } from '../shelter/at-the-shelter.ts';
import { LIST } from '../terminal.ts';

const REF = '00112233445566778899aabbccddeeff';

function hatsu(der: Buffer, given: Partial<ListedEvacuee> = {}): ListedEvacuee {
  return {
    ...{ ref: REF, number: '990029-0003', name: '森川 ハツ', kana: 'もりかわ はつ' },
    ...{ district: 'kawara', household: 'h-3' },
    fingerprint: createHash('sha256').update(der).digest('hex'),
    ...given,
  };
}

test('a resident is known at their shelter by their reference id, and keeps it with another card', () =>
  atTheShelter({ platform: 'running' }, async (shelter) => {
    const { cards, journal, arrive, publishTrust, platform, keys, press, screen } = shelter;
    await publishTrust();
    const [first, second] = [await cards.card(), await cards.card()];
    const { registry } = platform.stores;
    const publish = async (...evacuees: ListedEvacuee[]) => {
      const before = journal.all.length;
      await publishEvacuees(registry, await keys(), evacuees, { list: LIST }, Date.now());
      await journal.next({ event: 'list.activated' }, before);
    };
    const consented = { at: '2026-04-01', bloodType: 'A', medication: 'ワルファリン' };
    await publish(hatsu(first.der, { consented }));
    expect(entryListManifest(registry, LIST).staleness.whenTooOld).toBe('admit');
    expect(await arrive(first.card)).toMatchObject({ ref: REF, flags: [], version: 1 });
    expect(await screen({ screen: 'shelter-family' })).toMatchObject({
      people: [{ name: '森＊ ハ＊' }],
    });
    press({ key: 'enter' });

    await publish(hatsu(second.der));
    // It is the same person: here, with the menu of somebody who is.
    await shelter.hold(second.card);
    await screen({ screen: 'shelter-menu' });
    expect(listedRows(registry, LIST)).toMatchObject([{ ref: REF, ticket: '990029-0003' }]);
  }));

test('the same residents again change no chunk; a word of consent changes the row', () =>
  atTheShelter({ platform: 'running' }, async ({ cards, platform, keys }) => {
    const { registry } = platform.stores;
    const { der } = await cards.card();
    const chunksOf = async (evacuee: ListedEvacuee) => {
      await publishEvacuees(registry, await keys(), [evacuee], { list: LIST }, Date.now());
      return entryListManifest(registry, LIST).chunks;
    };
    const before = await chunksOf(hatsu(der));
    expect(await chunksOf(hatsu(der))).toEqual(before);
    const consented = { at: '2026-04-01', contact: '090' };
    const agreed = await chunksOf(hatsu(der, { consented }));
    expect(agreed).not.toEqual(before);
    expect(await chunksOf(hatsu(der, { consented }))).toEqual(agreed);
    expect(await chunksOf(hatsu(der))).not.toEqual(agreed);
  }));
