/** What staff choose, decide and are told: at most six choices, and always a way back. */

import type { CheckState } from '../../src/domain/check.ts';
import { type StaffResult, UNDO_REASONS } from '../../src/domain/screen.ts';
import { Mark } from '../look/icons.tsx';
import { Key } from '../look/key.tsx';
import { Rows } from '../look/rows.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { clockTime } from './moments.ts';
import type { Draw } from './view.ts';

export const staffMenu: Draw<'staff-menu'> = ({ by, errands, owed, notWell }, hand) => {
  const { menu } = hand.text.staff;
  const titles = {
    entry: menu.entry,
    undo: menu.undo,
    papers: menu.papers({ count: owed }),
    cases: hand.text.kiosk.staff.menu({ count: owed }),
    stick: hand.text.stick.menu,
    health: menu.health({ count: notWell }),
  };
  return {
    layout: 'work',
    ring: null,
    title: menu.title,
    words: (
      <p class="note">
        <Ruby text={menu.by({ by })} />
      </p>
    ),
    hands: (
      <Rows
        rows={errands.map((id) => ({ id, title: titles[id] }))}
        resting={!hand.offers('choose')}
        onChoose={(choice) => hand.press({ key: 'choose', choice })}
      />
    ),
    foot: <BackKey hand={hand} text={hand.text.staff.keys.close} />,
  };
};

export const staffConfirm: Draw<'staff-confirm'> = ({ errand, ticket, entered }, hand) => {
  const { confirm } = hand.text.staff;
  const isAsWanted = (errand === 'undo') === (entered !== null);
  const known =
    entered === null
      ? confirm.notEntered
      : confirm.entered({ time: clockTime(entered.at), gate: entered.gate });
  return {
    layout: 'work',
    ring: null,
    title: confirm[errand].title,
    words: errand === 'entry' && (
      <p class="note">
        <Sentences text={confirm.unchecked} />
      </p>
    ),
    hands: (
      <div class="panel">
        <p class="subject">
          <Ruby text={confirm.ticket({ ticket })} />
        </p>
        <p class="known">
          <Ruby text={known} />
        </p>
        {!isAsWanted && known !== confirm[errand].warning && (
          <p class="warning">
            <Ruby text={confirm[errand].warning} />
          </p>
        )}
        <Key
          kind="main"
          text={confirm[errand].go}
          onPress={() => hand.press({ key: 'enter' })}
          first
        />
      </div>
    ),
    foot: <BackKey hand={hand} />,
  };
};

export const staffWhy: Draw<'staff-why'> = ({ ticket }, hand) => {
  const { why, confirm } = hand.text.staff;
  return {
    layout: 'work',
    ring: null,
    title: why.title,
    words: (
      <p>
        <Ruby text={confirm.ticket({ ticket })} />
      </p>
    ),
    hands: (
      <Rows
        rows={UNDO_REASONS.map((id) => ({ id, title: why[id] }))}
        resting={!hand.offers('choose')}
        onChoose={(choice) => hand.press({ key: 'choose', choice })}
      />
    ),
    foot: <BackKey hand={hand} />,
  };
};

const DONE: ReadonlySet<StaffResult> = new Set([
  'entered',
  'undone',
  'settled',
  'cleared',
  'order-settled',
  'money-settled',
  'receipt-settled',
  'reissued',
  'stick-order-taken',
  'stick-list-taken',
]);

export const staffDone: Draw<'staff-done'> = ({ result, subject, first }, hand) => {
  const { confirm } = hand.text.staff;
  const done = {
    ...hand.text.staff.done,
    ...hand.text.kiosk.staff.done,
    ...hand.text.stick.done,
  };
  const isDone = DONE.has(result);
  return {
    layout: 'tell',
    ring: { state: isDone ? 'done' : 'problem', inside: isDone ? '' : undefined, alone: true },
    title: done[result].title,
    words: (
      <>
        <p class="subject">{subject}</p>
        <p>
          <Sentences text={done[result].body} />
        </p>
        {first !== null && (
          <p class="note">
            <Ruby text={confirm.entered({ time: clockTime(first.at), gate: first.gate })} />
          </p>
        )}
      </>
    ),
    foot: <BackKey hand={hand} first />,
  };
};

export const staffPapers: Draw<'staff-papers'> = ({ papers, more }, hand) => {
  const { papers: said } = hand.text.staff;
  return {
    layout: 'work',
    ring: null,
    title: said.title,
    words: more > 0 && (
      <p class="note">
        <Ruby text={said.more({ count: more })} />
      </p>
    ),
    hands:
      papers.length === 0 ? (
        <div class="panel">
          <p class="lead">
            <Ruby text={said.none} />
          </p>
        </div>
      ) : (
        <Rows
          rows={papers.map(({ paper, ticket, state, since }) => ({
            id: paper,
            title: ticket,
            about: (
              <>
                <span class="mark" data-state={state === 'owed' ? 'not-well' : 'unknown'}>
                  <Mark state={state === 'owed' ? 'not-well' : 'unknown'} />
                  <span>
                    <Ruby text={said[state]} />
                  </span>
                </span>
                <span>
                  <Ruby text={said.since({ time: clockTime(since) })} />
                </span>
              </>
            ),
          }))}
          resting={!hand.offers('choose')}
          onChoose={(choice) => hand.press({ key: 'choose', choice })}
        />
      ),
    foot: <BackKey hand={hand} />,
  };
};

export const staffPaper: Draw<'staff-paper'> = ({ paper }, hand) => {
  const { paper: said, papers, confirm } = hand.text.staff;
  return {
    layout: 'work',
    ring: null,
    title: said.title,
    words: (
      <>
        <p>
          <Ruby text={confirm.ticket({ ticket: paper.ticket })} />
        </p>
        <p class="note">
          <Ruby text={papers.since({ time: clockTime(paper.since) })} />
        </p>
      </>
    ),
    hands: (
      <div class="panel">
        <p class="known">
          <Sentences text={said[paper.state]} />
        </p>
        <Key
          kind="main"
          text={said.printed}
          onPress={() => hand.press({ key: 'choose', choice: 'printed' })}
          first
        />
        <Key
          text={said.notPrinted}
          onPress={() => hand.press({ key: 'choose', choice: 'not-printed' })}
        />
      </div>
    ),
    foot: <BackKey hand={hand} />,
  };
};

/** So many are told with what to do; a screen does not scroll. */
const REMEDIES_SHOWN_MAX = 4;
/** And so many names of what is well, or does not apply here. */
const NAMES_SHOWN_MAX = 20;

export const staffHealth: Draw<'staff-health'> = ({ checks }, hand) => {
  const { health, checks: said, papers } = hand.text.staff;
  const idsOf = (wanted: CheckState) =>
    checks.filter(({ state }) => state === wanted).map(({ id }) => id);
  const notWell = idsOf('not-well');
  const more = notWell.length - REMEDIES_SHOWN_MAX;
  const others = (['unknown', 'ok'] as const).filter((state) => idsOf(state).length > 0);
  return {
    layout: 'work',
    ring: null,
    title: health.title,
    words: notWell.length === 0 && (
      <p>
        <Ruby text={health.allWell} />
      </p>
    ),
    hands: (
      <ul class="health">
        {notWell.slice(0, REMEDIES_SHOWN_MAX).map((id) => (
          <li key={id}>
            <HealthMark state="not-well" text={health.states['not-well']} />
            <p>
              <b>
                <Ruby text={said[id].name} />
              </b>
              <span class="line">
                <Sentences text={said[id].remedy} />
              </span>
            </p>
          </li>
        ))}
        {more > 0 && (
          <li key="more">
            <HealthMark state="not-well" text={health.states['not-well']} />
            <p>
              <Ruby text={papers.more({ count: more })} />
            </p>
          </li>
        )}
        {others.map((state) => (
          <li key={state}>
            <HealthMark state={state} text={health.states[state]} />
            {/* Where something is wrong, the rest is a number. */}
            {notWell.length > 0 ? (
              <p>{idsOf(state).length}</p>
            ) : (
              <p class="names">
                {idsOf(state)
                  .slice(0, NAMES_SHOWN_MAX)
                  .map((id) => (
                    <span key={id}>
                      <Ruby text={said[id].name} />
                    </span>
                  ))}
                {idsOf(state).length > NAMES_SHOWN_MAX && (
                  <span>
                    <Ruby text={papers.more({ count: idsOf(state).length - NAMES_SHOWN_MAX })} />
                  </span>
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
    ),
    foot: <BackKey hand={hand} first />,
  };
};

interface HealthMarkProps {
  readonly state: CheckState;
  readonly text: string;
}

function HealthMark({ state, text }: HealthMarkProps) {
  return (
    <span class="mark" data-state={state}>
      <Mark state={state} />
      <span>
        <Ruby text={text} />
      </span>
    </span>
  );
}

export const staffLeaving: Draw<'staff-leaving'> = ({ seconds }, hand) => {
  const { leaving, keys } = hand.text.staff;
  return {
    layout: 'tell',
    ring: { state: 'waiting', inside: <span class="count">{seconds}</span>, alone: true },
    title: leaving.title,
    words: (
      <p>
        <Sentences text={leaving.body({ seconds })} />
      </p>
    ),
    foot: (
      <>
        <Key kind="main" text={keys.stay} onPress={() => hand.press({ key: 'stay' })} first />
        <BackKey hand={hand} text={keys.close} />
      </>
    ),
  };
};
