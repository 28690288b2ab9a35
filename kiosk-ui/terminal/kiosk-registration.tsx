/** Usage registration: what is applied for, that it was received, where it stands. */

import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { EndKey, Fact, YesOrCorrect } from './kiosk-order.tsx';
import { calendarDay } from './moments.ts';
import type { Draw, Hand, View } from './view.ts';

export const review: Draw<'review'> = ({ progress, municipality, domicile, head }, hand) => {
  const { review: words, keys, municipality: term } = hand.text.kiosk;
  return {
    layout: 'kiosk-slip',
    progress,
    ring: null,
    title: words.title,
    words: (
      <p>
        <Sentences text={words.body} />
      </p>
    ),
    hands: (
      <div class="confirm">
        <dl class="facts ruled">
          <Fact term={term} big>
            {municipality}
          </Fact>
          <Fact term={words.domicile} big>
            {domicile.town} {domicile.number}
          </Fact>
          <Fact term={words.head} big>
            {head.familyKana} {head.givenKana}
          </Fact>
        </dl>
        <YesOrCorrect hand={hand} yes={words.go} correct={keys.correct} />
      </div>
    ),
    foot: <BackKey hand={hand} text={keys.stop} />,
  };
};

export const applied: Draw<'applied'> = (
  { progress, municipality, application, expected, receipt },
  hand,
) => {
  const { applied: words, receipt: receipts, takePaper: end } = hand.text.kiosk;
  return {
    layout: 'kiosk-slip',
    progress,
    ring: { state: 'done', inside: '', alone: true },
    title: words.title,
    words: (
      <>
        <p>
          <Sentences text={words.body} />
        </p>
        <ApplicationFacts hand={hand} given={{ municipality, application, expected }} />
        <p>
          <Sentences text={words.status} />
        </p>
        {receipt !== 'none' && (
          <p class={receipt === 'owed' ? 'warning' : undefined}>
            <Sentences text={receipts[receipt]} />
          </p>
        )}
      </>
    ),
    hands: <EndKey hand={hand} text={end.end} />,
  };
};

const RINGS = {
  none: { state: 'closed', alone: true },
  pending: { state: 'hold', alone: true },
  accepted: { state: 'done', inside: '', alone: true },
  refused: { state: 'problem', alone: true },
} as const satisfies Record<string, View['ring']>;

export const registration: Draw<'registration'> = (
  { state, municipality, application, expected, reason },
  hand,
) => {
  const { registration: words, keys } = hand.text.kiosk;
  const { title, body } = words[state];
  return {
    layout: 'kiosk-slip',
    ring: RINGS[state],
    title,
    words: (
      <>
        {reason !== null && (
          <p>
            <Sentences text={hand.text.reasons[reason].why} />
          </p>
        )}
        <p>
          <Sentences text={body} />
        </p>
        <ApplicationFacts hand={hand} given={{ municipality, application, expected }} />
      </>
    ),
    foot: <BackKey hand={hand} text={keys.stop} first />,
  };
};

interface ApplicationFactsProps {
  readonly hand: Hand;
  readonly given: {
    readonly municipality: string | null;
    readonly application: string | null;
    /** YYYY-MM-DD */
    readonly expected: string | null;
  };
}

function ApplicationFacts({ hand, given }: ApplicationFactsProps) {
  const { applied: words, municipality: term } = hand.text.kiosk;
  const { municipality, application, expected } = given;
  if (municipality === null && application === null && expected === null) return null;
  return (
    <dl class="facts ruled">
      {municipality !== null && <Fact term={term}>{municipality}</Fact>}
      {application !== null && (
        <Fact term={words.number} big>
          <span class="fixed">{application}</span>
        </Fact>
      )}
      {expected !== null && (
        <Fact term={words.expected} big>
          <Ruby text={calendarDay(new Date(`${expected}T12:00:00+09:00`), hand.language)} />
        </Fact>
      )}
    </dl>
  );
}
