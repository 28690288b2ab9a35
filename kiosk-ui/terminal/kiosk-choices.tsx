/** Where a kiosk begins: what can be done here, and the choices on the way. */

import type { Choice, ErrandId, Openness } from '../../src/domain/kiosk-screen.ts';
import type { Reason } from '../../src/domain/reason.ts';
import type { Language } from '../../src/domain/screen.ts';
import { romaji } from '../../src/text/romaji.ts';
import { Mark } from '../look/icons.tsx';
import { Key } from '../look/key.tsx';
import { type Row, Rows } from '../look/rows.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { calendarDay, clockTime, dayAndTime, now, untilTime } from './moments.ts';
import type { Draw, Hand } from './view.ts';

export const menu: Draw<'menu'> = ({ offline, items }, hand) => {
  const { menu: words } = hand.text.kiosk;
  return {
    layout: 'kiosk-list',
    ring: null,
    title: words.title,
    words: (
      <p class={offline ? 'warning' : undefined}>
        <Sentences text={offline ? words.offline : words.body} />
      </p>
    ),
    hands: (
      <ChoiceRows hand={hand} rows={items.map((item) => errandRow(item, words.errands, hand))} />
    ),
    foot: (
      <p class="note today">
        <Ruby text={calendarDay(now.value, hand.language)} /> {clockTime(now.value.toISOString())}
      </p>
    ),
  };
};

interface Item {
  readonly id: ErrandId;
  readonly openness: Openness;
}

function errandRow(
  { id, openness }: Item,
  errands: Hand['text']['kiosk']['menu']['errands'],
  hand: Hand,
): Row {
  const { title, about } = errands[id];
  return {
    id,
    title,
    about:
      openness?.open === false ? (
        <Closed {...openness} hand={hand} />
      ) : (
        <span>
          <Ruby text={about} />
        </span>
      ),
    ...asideOf(openness, hand),
  };
}

export const choose: Draw<'choose'> = ({ progress, of, choices, page, pages }, hand) => {
  const { choose: words, keys } = hand.text.kiosk;
  const { title, body } = words[of];
  return {
    layout: 'kiosk-list',
    progress,
    ring: null,
    title,
    words: (
      <p class="notes">
        <span>
          <Sentences text={body} />
        </span>
        {pages > 1 && (
          <span class="note">
            <Ruby text={words.pages({ page, pages })} />
          </span>
        )}
      </p>
    ),
    hands: <ChoiceRows hand={hand} rows={choices.map((choice) => choiceRow(choice, hand))} />,
    foot: (
      <>
        <BackKey hand={hand} text={keys.back} />
        {pages > 1 && (
          <Key icon="next" text={keys.more} onPress={() => hand.press({ key: 'more' })} />
        )}
      </>
    ),
  };
};

function choiceRow({ id, label, fee, openness }: Choice, hand: Hand): Row {
  const { kiosk } = hand.text;
  const { title, about } = labelOf(label, hand);
  const said = [about, fee === null ? null : kiosk.yen({ amount: amountOf(fee) })];
  const parts = said
    .filter((part) => part !== null)
    .map((part) => (
      <span key={part}>
        <Ruby text={part} />
      </span>
    ));
  const closed = openness?.open === false ? <Closed {...openness} hand={hand} /> : null;
  return {
    id,
    title,
    ...(parts.length === 0 && closed === null
      ? {}
      : {
          about: (
            <>
              {parts}
              {closed}
            </>
          ),
        }),
    ...asideOf(openness, hand),
  };
}

/** Names of places are data; how they are read is for those who read no kanji. */
function labelOf(
  label: Choice['label'],
  { text, language }: Hand,
): { readonly title: string; readonly about: string | null } {
  const { choices } = text.kiosk;
  switch (label.is) {
    case 'document':
      return { title: choices.documents[label.document], about: null };
    case 'option':
      return { title: choices.options[label.option], about: null };
    case 'copies':
      return { title: choices.copies({ copies: label.copies }), about: null };
    case 'kana-row':
      return { title: choices.kanaRow({ row: rowName(label.row, language) }), about: null };
    case 'place':
      return { title: label.name, about: readingOf(label.kana, language) };
  }
}

function rowName(row: string, language: Language): string {
  return language === 'en' ? (romaji(row) ?? row) : row;
}

function readingOf(kana: string, language: Language): string | null {
  return language === 'ja' ? null : language === 'en' ? romaji(kana) : kana;
}

interface ClosedProps {
  readonly reason: Reason;
  readonly from: string | null;
  readonly hand: Hand;
}

/** Why, and from when it is open again. */
function Closed({ reason, from, hand: { text, language } }: ClosedProps) {
  const opens =
    from === null ? null : text.kiosk.openness.from({ when: dayAndTime(from, language, text) });
  return (
    <>
      <span class="mark" data-state="not-well">
        <Mark state="not-well" />
        <span>
          <Ruby text={text.reasons[reason].title} />
        </span>
      </span>
      {opens !== null && (
        <span class="from">
          <Ruby text={opens} />
        </span>
      )}
    </>
  );
}

function asideOf(openness: Openness, { text, language }: Hand): Pick<Row, 'aside'> {
  if (openness?.open !== true) return {};
  const time = untilTime(openness.until, language, text);
  return {
    aside: (
      <span class="mark" data-state="ok">
        <Mark state="ok" />
        <span>
          <Ruby text={text.kiosk.openness.until({ time })} />
        </span>
      </span>
    ),
  };
}

const AMOUNT = new Intl.NumberFormat('en-US');

/** Yen with separators; the same in all languages. */
export function amountOf(yen: number): string {
  return AMOUNT.format(yen);
}

function ChoiceRows({ hand, rows }: { readonly hand: Hand; readonly rows: readonly Row[] }) {
  return (
    <Rows
      rows={rows}
      resting={!hand.offers('choose')}
      onChoose={(choice) => hand.press({ key: 'choose', choice })}
    />
  );
}
