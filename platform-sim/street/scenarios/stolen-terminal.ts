import { SimCard } from '../../../devices/card/sim-card.ts';
import { StolenDisk } from '../../thief.ts';
import { LIST } from '../city.ts';
import { playImpostor } from '../impostor.ts';
import type { Scenario, Stage } from '../stage.ts';
import { copyDisk } from '../stolen-disk.ts';

/** What the thief holds beside the disk: a card that he has read before, and one that somebody holds to his reader. */
const READ_BEFORE = 'kazami-taro';
const HELD_NOW = 'nagihara-midori';

export const STOLEN_TERMINAL: Scenario = {
  name: 'stolen-terminal',
  title: { ja: '盗まれたゲート', en: 'A stolen gate' },
  incident: {
    ja: '端末を盗んだ人は、中身をぜんぶ読める。何が読めて、何が読めないか。',
    en: 'Whoever steals a terminal has its whole disk: what it tells them, and what it does not.',
  },
  source: null,
  async play(stage) {
    const guest = await stage.guest('sato-hanako');
    await stage.tap(guest);
    await stage.everythingArrived();
    stage.step('動いているゲートのディスクを写します', 'The disk is copied while the gate runs');
    const copies = await copyDisk(stage.place.state);
    try {
      const disk = new StolenDisk(copies.asItIs, LIST);
      whatItShows(stage, disk);
      stage.step('鍵を使ってみます', 'The keys are tried');
      await withKeysInClear(stage, disk);
      stage.step(
        '鍵が封じてあるディスクで同じことをします',
        'The same with a disk whose keys are sealed',
      );
      const sealed = new StolenDisk(copies.sealed, LIST);
      await withSealedKeys(stage, sealed);
      await playImpostor(stage, disk, sealed);
    } finally {
      await copies.dispose();
    }
  },
};

/** Of everybody with a card and a ticket. */
function wantedOf({ street }: Stage): (string | Buffer)[] {
  return street.residents.flatMap(({ person, certificate }) => {
    if (certificate === null) return [];
    const names = [person.name, person.name.replace(' ', ''), person.kana];
    return [...names, certificate.subarray(-64), certificate.subarray(4, 68)];
  });
}

function whatItShows(stage: Stage, disk: StolenDisk): void {
  const wanted = wantedOf(stage);
  const named = disk.search(wanted);
  stage.prove(
    named === 0,
    {
      ja: `名前と証明書を${wanted.length}通り探したが、1つもない`,
      en: `cannot: ${wanted.length} names and pieces of certificates looked for in every file, 0 found`,
    },
    named,
  );
  const rows = disk.rows();
  const entered = disk.facts().filter(({ event }) => event === 'entry.granted');
  const last = entered.at(-1);
  stage.prove(
    // A ticket's number is found by the same search that finds no name.
    rows.length > 0 && last !== undefined && disk.search([last.ticket ?? '']) === 1,
    {
      ja: `読める: リストは${rows.length}行、入場は${entered.length}回、最後は${last?.ticket}が${last?.at}`,
      en: `can: count the list (${rows.length} rows) and the entries (${entered.length}), with ticket and time, the last ${last?.ticket} at ${last?.at}`,
    },
    { rows: rows.length, entered: entered.length },
  );
  const { attempts, opened } = disk.openWithoutCards();
  stage.prove(
    attempts > 0 && opened.length === 0,
    {
      ja: `カードなしで行を開けようと${attempts}回試し、1つも開かない`,
      en: `cannot: ${attempts} attempts to open rows with all that is on the disk, 0 opened`,
    },
    opened.length,
  );
}

async function withKeysInClear(stage: Stage, disk: StolenDisk): Promise<void> {
  const { names, inClear } = disk.keys();
  stage.prove(
    names.length > 0 && inClear === names.length,
    {
      ja: `使える: 鍵${names.length}個が、封をせずに置いてある（このゲートには封の資格情報がない）`,
      en: `can: use ${inClear} of ${names.length} keys; this gate has no seal, so they are plain files`,
    },
    { names, inClear },
  );
  const row = rowOf(stage, disk);
  const { person } = stage.street.resident(READ_BEFORE);
  stage.prove(
    row?.holder === person.name,
    {
      ja: `開けられる: 前にカードを読んだ人の行（${row?.seat}）`,
      en: `can: open the row of somebody whose card was read before (${row?.seat}, and the name)`,
    },
    row,
  );
  const proved = await askedOf(stage, disk);
  stage.prove(
    proved === true,
    {
      ja: 'できる: 機関の鍵で、かざされたカードに署名させる（鍵の失効はカードには届かない）',
      en: "can: have a card that is held sign, with the institution's key; cards hear of no revocation",
    },
    proved,
  );
}

async function withSealedKeys(stage: Stage, disk: StolenDisk): Promise<void> {
  const { names, inClear } = disk.keys();
  const row = rowOf(stage, disk);
  const proved = await askedOf(stage, disk);
  stage.prove(
    names.length > 0 && inClear === 0 && row === null && proved === null,
    {
      ja: `封をしたディスクでは、鍵${names.length}個が1つも使えず、行も開かず、カードも答えない`,
      en: `cannot, sealed: 0 of ${names.length} keys can be used, the same row stays shut, no card can be asked`,
    },
    { inClear, row, proved },
  );
}

function rowOf(stage: Stage, disk: StolenDisk) {
  const { certificate } = stage.street.resident(READ_BEFORE);
  return certificate === null ? null : disk.openFor(certificate);
}

async function askedOf(stage: Stage, disk: StolenDisk): Promise<boolean | null> {
  const { card, certificate } = stage.street.resident(HELD_NOW);
  if (certificate === null) return null;
  const held = new SimCard(card);
  held.powerOn();
  return disk.provesKeyOf((bytes) => held.transmit(bytes), certificate);
}
