/** What the staff of a kiosk is asked: what waits, one of it, why it is as they say. */

import { shortRequest } from '../../src/domain/short-request.ts';
import { CASE_WHYS, type CaseShown, decisionsOf, idOfCase } from '../../src/domain/staff-case.ts';
import { Mark } from '../look/icons.tsx';
import { Key } from '../look/key.tsx';
import { Rows } from '../look/rows.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { amountOf } from './kiosk-choices.tsx';
import type { Draw, Hand } from './view.ts';

export const staffCases: Draw<'staff-cases'> = ({ cases, more }, hand) => {
  const said = hand.text.kiosk.staff;
  return {
    layout: 'work',
    ring: null,
    title: said.cases.title,
    words: more > 0 && (
      <p class="note">
        <Ruby text={said.more({ count: more })} />
      </p>
    ),
    hands:
      cases.length === 0 ? (
        <div class="panel">
          <p class="lead">
            <Ruby text={said.cases.none} />
          </p>
        </div>
      ) : (
        <Rows
          rows={cases.map((shown) => ({
            id: idOfCase(shown),
            title: said.kinds[shown.is].title,
            about: <About shown={shown} hand={hand} />,
          }))}
          resting={!hand.offers('choose')}
          onChoose={(choice) => hand.press({ key: 'choose', choice })}
        />
      ),
    foot: <BackKey hand={hand} />,
  };
};

export const staffCase: Draw<'staff-case'> = ({ shown }, hand) => {
  const said = hand.text.kiosk.staff;
  return {
    layout: 'work',
    ring: null,
    title: said.kinds[shown.is].title,
    words: (
      <p>
        <Ruby text={said.request({ request: shortRequest(shown.request) })} />
      </p>
    ),
    hands: (
      <div class="panel">
        <Known shown={shown} hand={hand} />
        <p class="known">
          <Sentences text={said.kinds[shown.is].body} />
        </p>
        {decisionsOf(shown).map((decision, at) => (
          <Key
            key={decision}
            {...(at === 0 ? ({ kind: 'main', first: true } as const) : {})}
            text={said.decisions[decision]}
            onPress={() => hand.press({ key: 'choose', choice: decision })}
          />
        ))}
      </div>
    ),
    foot: <BackKey hand={hand} />,
  };
};

export const staffCaseWhy: Draw<'staff-case-why'> = ({ shown, decision }, hand) => {
  const said = hand.text.kiosk.staff;
  return {
    layout: 'work',
    ring: null,
    title: said.why.title,
    words: (
      <>
        <p>
          <Ruby text={said.request({ request: shortRequest(shown.request) })} />
        </p>
        <p class="note">
          <Ruby text={said.decisions[decision]} />
        </p>
      </>
    ),
    hands: (
      <Rows
        rows={CASE_WHYS[decision].map((id) => ({ id, title: said.why[id] }))}
        resting={!hand.offers('choose')}
        onChoose={(choice) => hand.press({ key: 'choose', choice })}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

interface CaseProps {
  readonly shown: CaseShown;
  readonly hand: Hand;
}

function About({ shown, hand }: CaseProps) {
  const state = shown.is === 'stop' ? 'not-well' : 'unknown';
  const known = knownOf(shown, hand);
  return (
    <>
      <span class="mark" data-state={state}>
        <Mark state={state} />
        <span>{shortRequest(shown.request)}</span>
      </span>
      {known !== null && (
        <span>
          <Ruby text={known} />
        </span>
      )}
    </>
  );
}

/** So many fields are named; a screen does not scroll. */
const DIFFERENCES_SHOWN_MAX = 4;

function Known({ shown, hand }: CaseProps) {
  const said = hand.text.kiosk.staff;
  if (shown.is !== 'stop') {
    const known = knownOf(shown, hand);
    return (
      <p class="subject">
        <Ruby text={known ?? ''} />
        {shown.is === 'receipt' && <span class="line">{shown.paper}</span>}
      </p>
    );
  }
  const more = shown.differs.length - DIFFERENCES_SHOWN_MAX;
  return (
    <div>
      <p class="note">
        <Ruby text={said.differs} />
      </p>
      <p class="subject names">
        {shown.differs.slice(0, DIFFERENCES_SHOWN_MAX).map((field) => (
          <span key={field}>
            <Ruby text={said.differences[field]} />
          </span>
        ))}
        {more > 0 && (
          <span key="more">
            <Ruby text={said.more({ count: more })} />
          </span>
        )}
      </p>
    </div>
  );
}

/** In one line; null: there is more of it than that. */
function knownOf(shown: CaseShown, { text }: Hand): string | null {
  const said = text.kiosk.staff;
  switch (shown.is) {
    case 'stop':
      return null;
    case 'sheets':
      return said.sheets({ done: shown.done, of: shown.of });
    case 'money':
      return text.kiosk.yen({ amount: amountOf(shown.yen) });
    case 'receipt':
      return said.papers[shown.state];
  }
}
