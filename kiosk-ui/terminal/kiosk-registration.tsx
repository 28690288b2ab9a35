/** Usage registration: what is applied for, and that it was received. */

import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { EndKey, Fact, ReceiptLine, YesOrCorrect } from './kiosk-order.tsx';
import { calendarDay } from './moments.ts';
import type { Draw, Hand } from './view.ts';

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
  const { applied: words, takePaper: end } = hand.text.kiosk;
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
        <ReceiptLine hand={hand} receipt={receipt} />
      </>
    ),
    hands: <EndKey hand={hand} text={end.end} />,
  };
};

interface ApplicationFactsProps {
  readonly hand: Hand;
  readonly given: {
    readonly municipality: string;
    readonly application: string;
    /** YYYY-MM-DD */
    readonly expected: string;
  };
}

function ApplicationFacts({ hand, given }: ApplicationFactsProps) {
  const { applied: words, municipality: term } = hand.text.kiosk;
  const { municipality, application, expected } = given;
  return (
    <dl class="facts ruled">
      <Fact term={term}>{municipality}</Fact>
      <Fact term={words.number} big>
        <span class="fixed">{application}</span>
      </Fact>
      <Fact term={words.expected} big>
        <Ruby text={calendarDay(new Date(`${expected}T12:00:00+09:00`), hand.language)} />
      </Fact>
    </dl>
  );
}
