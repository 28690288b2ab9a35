/** The day begins: what was told before says nothing of today. In two steps, for everybody’s page shows nobody as safe then. */

import { useState } from 'preact/hooks';
import { minuteOf } from './clock.ts';
import { ask } from './link.ts';

interface BeginProps {
  /** Facts count from here on, ms since the epoch; 0: all of them. */
  readonly since: number;
  readonly isOperator: boolean;
}

export function Begin({ since, isOperator }: BeginProps) {
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState('');
  const begin = () => {
    setAsked(false);
    setProblem('');
    ask({ do: 'begin', since }).catch((error: Error) => setProblem(error.message));
  };
  return (
    <section class="begin" aria-labelledby="begin">
      <h3 id="begin">数え始め</h3>
      <p>
        {since === 0
          ? 'これまでに届いたすべてを数えています。'
          : `${minuteOf(since)} からの知らせを数えています。`}
      </p>
      <p class="problem" role="alert">
        {problem}
      </p>
      {isOperator && !isAsked && (
        <button type="button" class="button" onClick={() => setAsked(true)}>
          いまから数え始める…
        </button>
      )}
      {isOperator && isAsked && (
        <>
          <p class="problem" role="alert">
            いまの安否と避難所の人数は、すべての画面で数えなくなり、全員が「返事なし」に戻ります。記録は消えません。訓練や災害の初めにだけ行ってください。
          </p>
          <p class="buttons">
            <button type="button" class="button main" onClick={begin}>
              数え始める
            </button>
            <button type="button" class="button" onClick={() => setAsked(false)}>
              やめる
            </button>
          </p>
        </>
      )}
    </section>
  );
}
