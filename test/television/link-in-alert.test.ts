/** Somebody rests their card on the remote control while an alert counts: the alert waits for them, but not for long. */

import { describe, expect, test } from 'vitest';
import { ALERT, HATSU, TelevisionRig } from './television-rig.ts';

describe('a card on the remote control while an alert counts', () => {
  async function consenting(): Promise<TelevisionRig> {
    const rig = await TelevisionRig.open([HATSU]);
    rig.hasReader = true;
    await rig.raise(ALERT);
    await rig.rest(1);
    expect(rig.screen).toMatchObject({ screen: 'tv-consent' });
    return rig;
  }

  test('asks for the same consent, and the alert comes back by itself, with a warning, and calls', async () => {
    const rig = await consenting();
    await rig.wait(40_000);
    expect(rig.screen).toMatchObject({ screen: 'tv-still-there', seconds: 20 });
    await rig.press({ key: 'stay' });
    expect(rig.screen).toMatchObject({ screen: 'tv-consent' });
    await rig.wait(40_000);
    await rig.wait(20_000);
    expect(rig.screen).toMatchObject({ screen: 'tv-alert', tone: 'alert' });
    // The card still lies there, and is not asked for again.
    await rig.wait(3_600_000);
    expect(rig.screen).toMatchObject({ screen: 'tv-alert' });
  });

  test('that nobody wants linked gives the alert back at one key; another one is asked for', async () => {
    const rig = await consenting();
    await rig.press({ key: 'back' });
    expect(rig.screen).toMatchObject({ screen: 'tv-alert' });
    await rig.rest(null);
    await rig.rest(2);
    expect(rig.screen).toMatchObject({ screen: 'tv-consent' });
    await rig.rest(null);
    await rig.press({ key: 'enter' });
    expect(rig.screen).toMatchObject({ screen: 'tv-place-card' });
    await rig.wait(40_000);
    await rig.press({ key: 'stay' });
    expect(rig.screen).toMatchObject({ screen: 'tv-place-card' });
  });

  test('is interrupted by another word of the municipality, and not by the same', async () => {
    const rig = await consenting();
    await rig.raise(ALERT);
    expect(rig.screen).toMatchObject({ screen: 'tv-consent' });
    await rig.raise({ ...ALERT, level: 5, update: 1 });
    expect(rig.screen).toMatchObject({ screen: 'tv-alert', alert: { level: 5 } });
    expect(rig.notes).toContain('service.cancelled');
    await rig.raise({ ...ALERT, state: 'over', update: 2 });
    expect(rig.screen).toMatchObject({ alert: { state: 'over' } });
  });

  test('and an alert that is withdrawn meanwhile leaves the first screen behind', async () => {
    const rig = await consenting();
    await rig.raise();
    await rig.press({ key: 'back' });
    expect(rig.screen).toMatchObject({ screen: 'tv-home' });
  });
});
