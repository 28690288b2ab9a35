/** One person, beside the list: what is known of them, and who looks after them. */

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { PersonShown } from '../../platform-sim/town/messages.ts';
import { minuteOf } from './clock.ts';
import { ask, rows, town } from './link.ts';
import { closePanel, openPanel } from './panel.ts';
import { StandingMark } from './shapes.tsx';
import { NEED_WORDS, signWords, supportWords } from './words.ts';

export function Person({ of }: { readonly of: string }) {
  const [person, setPerson] = useState<PersonShown | null>(null);
  const [problem, setProblem] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  // What stands in the list has changed: so may what stands here.
  const row = rows.value?.rows.get(of);
  useEffect(() => {
    let isWanted = true;
    ask({ do: 'person', ref: of }).then(
      (answer) => {
        if (isWanted && answer.is === 'person') setPerson(answer.person);
      },
      (error: Error) => {
        if (isWanted) setProblem(error.message);
      },
    );
    return () => {
      isWanted = false;
    };
  }, [of, row]);
  const isThere = person !== null;
  // Before anybody can be in a field of it: a focus that comes later would take away what is typed.
  useLayoutEffect(() => {
    if (isThere) heading.current?.focus();
  }, [isThere]);
  return (
    <section class="aside person" aria-labelledby="person">
      <header>
        <h2 id="person" ref={heading} tabIndex={-1}>
          {person?.name ?? ''}
        </h2>
        <button type="button" class="button" onClick={closePanel}>
          閉じる
        </button>
      </header>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {person !== null && <Known person={person} />}
    </section>
  );
}

function Known({ person }: { readonly person: PersonShown }) {
  const { standing, kana, age, born, address, household, stays, course, needs } = person;
  return (
    <>
      <p class="standing-line">
        <StandingMark standing={standing} />
        {person.protected && <span class="untold">支援措置：住まいと居場所は表示しません</span>}
      </p>
      <dl class="facts-of">
        <dt>よみ</dt>
        <dd>{kana}</dd>
        <dt>年齢</dt>
        <dd>
          {age}歳（{born.replaceAll('-', '.')}）
        </dd>
        <dt>住まい</dt>
        <dd>{address ?? '非公開'}</dd>
        <dt>支援</dt>
        <dd>
          {supportWords(person)}
          {person.support !== '' && needs.length > 0 && (
            <small>（{needs.map((need) => NEED_WORDS[need]).join('、')}）</small>
          )}
        </dd>
        {stays.length > 0 && <dt>避難所</dt>}
        {stays.length > 0 && (
          <dd>
            {stays.map(({ shelter, since, out }) => (
              <p key={shelter}>
                {shelter} {minuteOf(since)}から{out && '（外出中）'}
              </p>
            ))}
          </dd>
        )}
        {household.length > 0 && <dt>世帯</dt>}
        {household.length > 0 && (
          <dd>
            {household.map((other) => (
              <p key={other.ref}>
                <button
                  type="button"
                  class="name"
                  onClick={() => openPanel({ is: 'person', ref: other.ref })}
                >
                  {other.name}
                </button>{' '}
                <StandingMark standing={other.standing} />
              </p>
            ))}
          </dd>
        )}
      </dl>
      <Assigned person={person} />
      <h3>これまで</h3>
      {course.length === 0 ? (
        <p class="none">まだ何も届いていません。</p>
      ) : (
        <ol class="course">
          {course.map((sign) => (
            <li key={`${sign.at} ${sign.event} ${sign.answer}`}>
              <time>{minuteOf(sign.at)}</time> {signWords(sign)}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Assigned({ person }: { readonly person: PersonShown }) {
  const [problem, setProblem] = useState('');
  const { ref, assigned, assignedBy } = person;
  const said = assignedBy === null ? '' : `${assignedBy.by}が${minuteOf(assignedBy.at)}に記入`;
  if (town.value?.clerk.role !== 'operator') {
    return (
      <dl class="facts-of">
        <dt>担当</dt>
        <dd>
          {assigned === '' ? '—' : assigned} <small>{said}</small>
        </dd>
      </dl>
    );
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const who = String(new FormData(event.currentTarget as HTMLFormElement).get('who'));
    setProblem('');
    ask({ do: 'assign', ref, who }).catch((error: Error) => setProblem(error.message));
  };
  return (
    <form class="assign" onSubmit={submit}>
      <label>
        担当
        <input name="who" defaultValue={assigned} maxLength={40} autocomplete="off" />
      </label>
      <button type="submit" class="button main">
        記入する
      </button>
      <small>{problem === '' ? said : problem}</small>
    </form>
  );
}
