/** What a stick brings, or why nothing of it is taken: staff says whether it is to be done. */

import type { StickOrder } from '../../src/domain/stick-screen.ts';
import { Key } from '../look/key.tsx';
import { Sentences } from '../look/ruby.tsx';
import { BackKey } from './back-key.tsx';
import { untilTime } from './moments.ts';
import type { Draw, Hand } from './view.ts';

export const staffStick: Draw<'staff-stick'> = ({ shown }, hand) => {
  const { stick } = hand.text;
  if (shown.is !== 'brings') {
    const isChanged = shown.is === 'list-alone';
    return {
      layout: 'work',
      ring: null,
      title: isChanged ? stick.listAlone.title : stick.refused,
      words: (
        <p class="note">
          <Sentences text={isChanged ? stick.listAlone.body(shown.list) : stick.unchanged} />
        </p>
      ),
      hands: (
        <div class="panel">
          <p class="lead">
            <Sentences text={stick.faults[shown.why]} />
          </p>
        </div>
      ),
      foot: <BackKey hand={hand} first />,
    };
  }
  return {
    layout: 'work',
    ring: null,
    title: stick.title,
    words: null,
    hands: (
      <div class="panel">
        {shown.order !== null && (
          <p class="lead">
            <Sentences text={orderIn(shown.order, hand)} />
          </p>
        )}
        {shown.list !== null && (
          <p class={shown.order === null ? 'lead' : 'known'}>
            <Sentences text={stick.list(shown.list)} />
          </p>
        )}
        <Key
          kind="main"
          text={stick.accept}
          onPress={() => hand.press({ key: 'choose', choice: 'accept' })}
          first
        />
      </div>
    ),
    foot: <BackKey hand={hand} text={stick.leave} />,
  };
};

function orderIn(order: StickOrder, { text, language }: Hand): string {
  if (order.does === 'end-role') return text.stick.end;
  const { name, until } = order;
  return text.stick.shelter({ name, until: untilTime(until, language, text) });
}
