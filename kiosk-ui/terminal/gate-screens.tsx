/** What the people who come to the gate see. */

import type { ComponentChildren } from 'preact';
import type { ListShown, Purpose } from '../../src/domain/screen.ts';
import type { Catalogue } from '../../src/text/catalogue.ts';
import { Fuda } from '../look/fuda.tsx';
import { Icon } from '../look/icons.tsx';
import { Key } from '../look/key.tsx';
import { Name } from '../look/name.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { takeCard as takeCardAtKiosk } from './kiosk-card.tsx';
import { clockTime } from './moments.ts';
import { Seat } from './seat.tsx';
import type { Draw, Hand, View } from './view.ts';

export const waiting: Draw<'waiting'> = ({ purpose, list, offline }, { text }) => ({
  layout: 'call',
  ring: { state: 'waiting' },
  here: true,
  title: text.waiting.title,
  words: (
    <>
      <p>
        <Sentences text={purposeOf(purpose, text)} />
      </p>
      <Notes>
        {noteOf(purpose, offline, text)}
        {list === null ? null : listAge(list, text)}
      </Notes>
    </>
  ),
});

function purposeOf(purpose: Purpose, text: Catalogue): string {
  if (purpose.service === 'age-check') return text.ageCheck.purpose({ age: purpose.age });
  return purpose.service === 'event-exit' ? text.exit.purpose : text.waiting.body;
}

function noteOf(purpose: Purpose, offline: boolean, text: Catalogue): string {
  if (purpose.service === 'age-check') {
    return purpose.pin ? text.ageCheck.pin : text.ageCheck.noPin;
  }
  if (purpose.service === 'event-exit') return text.exit.note;
  return offline ? text.waiting.offline : text.waiting.note;
}

export const hold: Draw<'hold'> = (_screen, { text }) => ({
  layout: 'call',
  ring: { state: 'hold' },
  title: text.hold.title,
  titleSize: 'shout',
  words: (
    <p class="lead">
      <Sentences text={text.hold.body} />
    </p>
  ),
});

export const again: Draw<'again'> = ({ reason }, { text }) => ({
  layout: 'call',
  ring: { state: 'waiting' },
  here: true,
  title: text.again.title,
  words: (
    <>
      <p>
        <Sentences text={text.again.body({ why: text.reasons[reason].why })} />
      </p>
      <Notes>{text.again.note}</Notes>
    </>
  ),
});

export const welcome: Draw<'welcome'> = ({ name, seat, paper, list }, hand) => ({
  layout: 'call',
  ring: { state: 'done', inside: <Seat seat={seat} /> },
  before:
    name === null ? null : (
      <p class="lead">
        <Name text={hand.text.welcome.name({ name })} />
      </p>
    ),
  title: hand.text.welcome.title,
  ...(hand.offers('passed') ? { titleSize: 'head' } : {}),
  words: (
    <>
      <p class="vh">{seat}</p>
      <p class="paper">
        <Icon name="paper" />
        <span>
          <Sentences text={paper ? hand.text.welcome.body : hand.text.welcome.hasPaper} />
        </span>
      </p>
      {list !== null && list.age !== 'fresh' && <Notes>{listAge(list, hand.text)}</Notes>}
      <PassageKeys hand={hand} />
    </>
  ),
});

export const receiptOwed: Draw<'receipt-owed'> = ({ seat, minutes }, hand) => ({
  layout: 'call',
  ring: { state: 'done', inside: <Seat seat={seat} /> },
  title: hand.text.receiptOwed.title,
  titleSize: 'head',
  words: (
    <>
      <p class="vh">{seat}</p>
      <p class="paper owed">
        <Icon name="paper" />
        <b>
          <Sentences text={hand.text.receiptOwed.owed} />
        </b>
      </p>
      <p>
        <Sentences text={hand.text.receiptOwed.body({ minutes })} />
      </p>
      <PassageKeys hand={hand} />
    </>
  ),
});

/** For the attendant, where one says whether people walk through; beside the words, where no thread runs. */
function PassageKeys({ hand: { text, offers, press } }: { readonly hand: Hand }) {
  if (!offers('passed')) return null;
  const { passed, notPassed } = text.passage;
  return (
    <div class="passage">
      <Key text={passed} onPress={() => press({ key: 'passed' })} first />
      <Key kind="quiet" text={notPassed} onPress={() => press({ key: 'not-passed' })} />
    </div>
  );
}

export const refused: Draw<'refused'> = ({ reason, advice, first, list }, { text, ways }) => {
  const said = advice === null ? text.reasons[reason] : text.revoked[advice];
  const entered =
    first === null ? null : text.refused.first({ time: clockTime(first.at), gate: first.gate });
  const information = ways.information ?? text.information;
  return {
    layout: 'tell',
    ring: { state: 'problem' },
    title: said.title,
    words: (
      <>
        <ThreeAnswers
          text={text}
          card={said.card}
          why={entered === null ? [said.why] : [said.why, entered]}
          next={said.next({ information })}
        />
        <Notes code={reason}>
          {list === null ? null : text.refused.checkedWith({ time: clockTime(list.issuedAt) })}
        </Notes>
      </>
    ),
  };
};

export const takeCard: Draw<'take-card'> = (screen, hand) => {
  if (screen.follows !== undefined) return takeCardAtKiosk(screen, hand);
  const { title, body } = hand.text.takeCard;
  return {
    layout: 'call',
    ring: { state: 'take' },
    title,
    words: (
      <p class="lead">
        <Sentences text={body} />
      </p>
    ),
  };
};

export const closed: Draw<'closed'> = ({ reason }, { text, ways }) => {
  const isStarting = reason === 'starting';
  const elsewhere =
    ways.otherGate === null
      ? text.closed.otherGate
      : text.closed.next({ otherGate: ways.otherGate });
  return {
    layout: 'tell',
    ring: { state: 'closed' },
    title: text.closed.title,
    words: (
      <>
        <ThreeAnswers
          text={text}
          card={text.closed.card}
          why={[isStarting ? text.closed.starting : text.reasons[reason].why]}
          next={isStarting ? text.closed.wait : elsewhere}
        />
        {!isStarting && <Notes code={reason} />}
      </>
    ),
  };
};

/** Nothing is heard from the daemon, or another browser has this screen: nothing of anybody is shown. */
export function nobody({ title, body }: { readonly title: string; readonly body: string }): View {
  return {
    layout: 'tell',
    ring: { state: 'closed' },
    title,
    words: (
      <p class="lead">
        <Sentences text={body} />
      </p>
    ),
  };
}

interface ThreeAnswersProps {
  readonly text: Catalogue;
  readonly card: string;
  readonly why: readonly string[];
  readonly next: string;
}

function ThreeAnswers({ text, card, why, next }: ThreeAnswersProps) {
  const { refused } = text;
  return (
    <Fuda
      rows={[
        { term: refused.card, answer: <Sentences text={card} /> },
        {
          term: refused.why,
          answer: why.map((sentence) => (
            <span class="line" key={sentence}>
              <Sentences text={sentence} />
            </span>
          )),
        },
        { term: refused.next, answer: <Sentences text={next} />, now: true },
      ]}
    />
  );
}

interface NotesProps {
  /** Texts that may carry ruby. */
  readonly children?: ComponentChildren;
  /** Which staff looks up. */
  readonly code?: string;
}

function Notes({ children, code }: NotesProps) {
  const said = [children].flat().filter((part): part is string => typeof part === 'string');
  return (
    <p class="note notes">
      {said.map((part) => (
        <span key={part}>
          <Ruby text={part} />
        </span>
      ))}
      {code !== undefined && <span class="nb fixed">{code}</span>}
    </p>
  );
}

function listAge({ issuedAt, age }: ListShown, text: Catalogue): string {
  const time = clockTime(issuedAt);
  return age === 'fresh' ? text.waiting.list({ time }) : text.waiting.oldList({ time });
}
