/** An order of a certificate: what it is, the money, the sheets, and how it ended. */

import type { ComponentChildren } from 'preact';
import { CORRECT, type OrderShown } from '../../src/domain/kiosk-screen.ts';
import { Fuda, type FudaRow } from '../look/fuda.tsx';
import { Key } from '../look/key.tsx';
import { Name } from '../look/name.tsx';
import { Rows } from '../look/rows.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { Form, Sheet, type SheetState } from '../look/sheet.tsx';
import { BackKey } from './back-key.tsx';
import { amountOf } from './kiosk-choices.tsx';
import { dayAndTime } from './moments.ts';
import type { Draw, Hand, ScreenOf } from './view.ts';

export const confirmOrder: Draw<'confirm-order'> = ({ progress, holder, order }, hand) => {
  const { confirm: words, keys, yen } = hand.text.kiosk;
  const fee = yen({ amount: amountOf(order.fee) });
  return {
    layout: 'kiosk-slip',
    progress,
    ring: null,
    title: words.title,
    hands: (
      <div class="confirm">
        <div class="slip">
          <Form />
          <Order holder={holder} order={order} hand={hand} />
        </div>
        <p class="note">
          <Sentences text={words.warning} />
        </p>
        <YesOrCorrect
          hand={hand}
          yes={order.fee === 0 ? words.free : words.go({ fee })}
          correct={keys.correct}
        />
      </div>
    ),
    foot: <BackKey hand={hand} text={keys.stop} />,
  };
};

interface OrderProps {
  readonly holder: string;
  readonly order: OrderShown;
  readonly hand: Hand;
}

function Order({ holder, order, hand }: OrderProps) {
  const { kiosk, welcome } = hand.text;
  const { confirm: words, choices, sheets } = kiosk;
  const { document, option, municipality, copies, fee } = order;
  return (
    <dl class="facts">
      <Fact term={words.whose} big>
        <Name text={welcome.name({ name: holder })} />
      </Fact>
      <Fact term={words.document} big>
        <Ruby text={choices.documents[document]} />
      </Fact>
      {option !== 'plain' && (
        <Fact term={words.kind}>
          <Ruby text={choices.options[option]} />
        </Fact>
      )}
      <Fact term={kiosk.municipality}>{municipality}</Fact>
      <Fact term={words.copies}>
        <Ruby text={choices.copies({ copies })} />
        {order.sheets !== null && (
          <>
            {' ('}
            <Ruby text={sheets({ sheets: order.sheets })} />)
          </>
        )}
      </Fact>
      <Fact term={words.fee} huge>
        <Ruby text={kiosk.yen({ amount: amountOf(fee) })} />
      </Fact>
    </dl>
  );
}

interface FactProps {
  /** May carry ruby. */
  readonly term: string;
  readonly children: ComponentChildren;
  readonly big?: boolean;
  readonly huge?: boolean;
}

export function Fact({ term, children, big = false, huge = false }: FactProps) {
  return (
    <div>
      <dt>
        <Ruby text={term} />
      </dt>
      <dd class={huge ? 'huge' : big ? 'big' : undefined}>{children}</dd>
    </div>
  );
}

interface YesOrCorrectProps {
  readonly hand: Hand;
  readonly yes: string;
  readonly correct: string;
}

export function YesOrCorrect({ hand, yes, correct }: YesOrCorrectProps) {
  return (
    <div class="decide">
      {hand.offers('choose') && (
        <Key text={correct} onPress={() => hand.press({ key: 'choose', choice: CORRECT })} />
      )}
      <Key kind="main" text={yes} onPress={() => hand.press({ key: 'enter' })} first />
    </div>
  );
}

export const paying: Draw<'paying'> = ({ progress, fee, inserted, means, chosen }, hand) => {
  const { paying: words, keys, yen } = hand.text.kiosk;
  const { title, body } = words[chosen ?? 'choose'];
  const money = (amount: number) => <Ruby text={yen({ amount: amountOf(amount) })} />;
  return {
    layout: chosen === null ? 'kiosk-list' : 'kiosk-slip',
    progress,
    ring: null,
    title,
    words: (
      <>
        <p>
          <Sentences text={body} />
        </p>
        {chosen === null && (
          <p class="subject">
            <Ruby text={words.fee} /> {money(fee)}
          </p>
        )}
      </>
    ),
    hands:
      chosen === null ? (
        <Rows
          rows={means.map((id) => ({ id, title: words[id].name }))}
          resting={!hand.offers('choose')}
          onChoose={(choice) => hand.press({ key: 'choose', choice })}
        />
      ) : (
        <dl class="facts money" aria-live="polite">
          <Fact term={words.fee} huge={chosen !== 'cash'}>
            {money(fee)}
          </Fact>
          {chosen === 'cash' && (
            <>
              <Fact term={words.inserted}>{money(inserted)}</Fact>
              <Fact term={words.missing} huge>
                {money(Math.max(0, fee - inserted))}
              </Fact>
              <div class="paid" aria-hidden="true">
                <i style={{ width: `${Math.min(100, (100 * inserted) / fee)}%` }} />
              </div>
            </>
          )}
        </dl>
      ),
    foot: <BackKey hand={hand} text={keys.stop} />,
  };
};

/** So many sheets are drawn: what was done last, what is being done, what comes. */
const SHEETS_SHOWN = 4;

export const printing: Draw<'printing'> = ({ progress, sheets, done, request, held }, { text }) => {
  const { printing: words, request: requestText } = text.kiosk;
  const first = Math.max(0, Math.min(done - 1, sheets - SHEETS_SHOWN));
  const shown = Array.from({ length: Math.min(sheets, SHEETS_SHOWN) }, (_, at) => first + at);
  return {
    layout: 'kiosk-slip',
    progress,
    ring: null,
    title: held === null ? words.title : text.reasons[held].title,
    words: (
      <>
        <p class={held === null ? undefined : 'warning'}>
          <Sentences text={held === null ? words.body : words.held} />
        </p>
        <p class="subject">
          <Ruby text={words.count({ done, sheets })} />
        </p>
      </>
    ),
    hands: (
      <ol class="sheets" data-count={shown.length}>
        {shown.map((at) => (
          <PrintedSheet
            key={at}
            number={at + 1}
            state={at < done ? 'done' : at === done && held === null ? 'now' : 'waits'}
            text={text}
          />
        ))}
      </ol>
    ),
    foot: (
      <p class="note fixed">
        <Ruby text={requestText({ request })} />
      </p>
    ),
  };
};

interface PrintedSheetProps {
  readonly number: number;
  readonly state: SheetState;
  readonly text: Hand['text'];
}

function PrintedSheet({ number, state, text }: PrintedSheetProps) {
  const { printing: words } = text.kiosk;
  return (
    <li data-state={state}>
      <Sheet state={state} />
      <span>
        <Ruby text={words.sheet({ number })} />
      </span>
      <b>
        <Ruby text={words[state]} />
      </b>
    </li>
  );
}

interface ReceiptLineProps {
  readonly hand: Hand;
  readonly receipt: ScreenOf<'take-paper'>['receipt'];
}

/** How the receipt stands; nothing where there is none. */
export function ReceiptLine({ hand, receipt }: ReceiptLineProps) {
  if (receipt === 'none') return null;
  return (
    <p class={receipt === 'owed' ? 'warning' : undefined}>
      <Sentences text={hand.text.kiosk.receipt[receipt]} />
    </p>
  );
}

export const takePaper: Draw<'take-paper'> = ({ progress, sheets, receipt }, hand) => {
  const { takePaper: words, sheets: counted } = hand.text.kiosk;
  return {
    layout: 'kiosk-slip',
    progress,
    ring: null,
    title: words.title,
    titleSize: 'shout',
    words: (
      <>
        <p class="subject">
          <Ruby text={counted({ sheets })} />
        </p>
        <p class="lead">
          <Sentences text={words.body} />
        </p>
        <ReceiptLine hand={hand} receipt={receipt} />
      </>
    ),
    hands: (
      <div class="took">
        <div class="paper-out">
          <Sheet state="done" />
        </div>
        <EndKey hand={hand} text={words.end} />
      </div>
    ),
  };
};

export function EndKey({ hand, text }: { readonly hand: Hand; readonly text: string }) {
  if (!hand.offers('enter')) return null;
  return (
    <div class="decide">
      <Key kind="main" text={text} onPress={() => hand.press({ key: 'enter' })} first />
    </div>
  );
}

export const ended: Draw<'ended'> = ({ reason, money, request, from }, hand) => {
  const { text, ways, language } = hand;
  const { refused, reasons, information } = text;
  const { ended: words, openness, request: requestText, takePaper: end } = text.kiosk;
  const { title, card, why, next } = reasons[reason];
  const opens = from === null ? null : openness.from({ when: dayAndTime(from, language, text) });
  const rows: FudaRow[] = [
    { term: refused.card, answer: <Sentences text={card} /> },
    { term: refused.why, answer: <Sentences text={why} /> },
    { term: words.money, answer: <Ruby text={words[money]} /> },
    {
      term: refused.next,
      answer: <Sentences text={opens ?? next({ information: ways.information ?? information })} />,
      now: true,
    },
  ];
  return {
    layout: 'kiosk-slip',
    ring: { state: 'problem', alone: true },
    title,
    words: <Fuda rows={rows} />,
    hands: <EndKey hand={hand} text={end.end} />,
    foot:
      request === null ? undefined : (
        <p class="note fixed">
          <Ruby text={requestText({ request })} />
        </p>
      ),
  };
};
