/** Alerts: the band of the gravest one, and the desk where one operator proposes and another consents. */

import { useState } from 'preact/hooks';
import type { AlertShown, TownState } from '../../platform-sim/town/messages.ts';
import type { AlertDraft, TownRequest } from '../../platform-sim/town/requests.ts';
import { Begin } from './begin.tsx';
import { minuteOf } from './clock.ts';
import { ask } from './link.ts';
import { closePanel } from './panel.ts';
import { LEVEL_WORDS } from './words.ts';

export function AlertBand({ alerts }: { readonly alerts: readonly AlertShown[] | null }) {
  const active = (alerts ?? []).filter(({ state }) => state === 'active');
  const [gravest] = [...active].sort(
    (a, b) => Number(a.drill) - Number(b.drill) || b.level - a.level || b.at - a.at,
  );
  if (gravest === undefined) return null;
  const { level, drill, at } = gravest;
  return (
    <p class="band" data-level={level} data-drill={drill}>
      {drill && '訓練　'}
      {LEVEL_WORDS[level]}　{minuteOf(at)}
      {active.length > 1 && `　ほか${active.length - 1}件`}
    </p>
  );
}

const STATES = {
  proposed: '案：同意を待っています',
  active: '出ています',
  over: '終わりました',
} as const;
const KINDS = { alert: '', update: '変更', cancel: '取消', 'all-clear': '解除' } as const;

export function AlertPanel({ state }: { readonly state: TownState }) {
  const [problem, setProblem] = useState('');
  const send = (request: TownRequest) => {
    setProblem('');
    ask(request).catch((error: Error) => setProblem(error.message));
  };
  const isOperator = state.clerk.role === 'operator';
  return (
    <section class="aside alerts" aria-labelledby="alerts">
      <header>
        <h2 id="alerts">避難情報</h2>
        <button type="button" class="button" onClick={closePanel}>
          閉じる
        </button>
      </header>
      <p>出すには、もう一人の職員の同意が要ります。</p>
      <p class="problem" role="alert">
        {problem}
      </p>
      <ul class="alert-list">
        {(state.alerts ?? []).map((alert) => (
          <li key={alert.id}>
            <OneAlert alert={alert} state={state} isOperator={isOperator} send={send} />
          </li>
        ))}
      </ul>
      {isOperator && <Draft districts={state.districts} send={send} refuse={setProblem} />}
      <Begin key={state.since} since={state.since} isOperator={isOperator} />
    </section>
  );
}

interface OneAlertProps {
  readonly alert: AlertShown;
  readonly state: TownState;
  readonly isOperator: boolean;
  readonly send: (request: TownRequest) => void;
}

function OneAlert({ alert, state, isOperator, send }: OneAlertProps) {
  const { id, is, document, level, drill, what, districts, at, expiresAt, proposedBy } = alert;
  const names = districts.map(
    (one) => state.districts.find((known) => known.id === one)?.name ?? one,
  );
  const isOwn = proposedBy === state.clerk.name;
  return (
    <>
      <p class="band" data-level={level} data-drill={drill}>
        {drill && '訓練　'}
        {KINDS[is] !== '' && `${KINDS[is]}　`}
        {LEVEL_WORDS[level]}
      </p>
      <p>{what}</p>
      <p>
        {names.join('・')}　{minuteOf(at)}から{minuteOf(expiresAt)}まで
      </p>
      <p>
        {STATES[alert.state]}（{proposedBy}）
      </p>
      {isOperator && alert.state === 'proposed' && (
        <p class="buttons">
          {isOwn ? (
            <small>同意は、ほかの職員が行います。</small>
          ) : (
            <button
              type="button"
              class="button main"
              onClick={() => send({ do: 'consent', id, document })}
            >
              同意して出す
            </button>
          )}
          <button type="button" class="button" onClick={() => send({ do: 'withdraw', id })}>
            取り下げる
          </button>
        </p>
      )}
      {isOperator && alert.state === 'active' && (
        <p class="buttons">
          {(['all-clear', 'cancel'] as const).map((why) => (
            <button
              type="button"
              key={why}
              class="button"
              onClick={() => send({ do: 'end', alert: alert.alert, why })}
            >
              {KINDS[why]}を案にする
            </button>
          ))}
        </p>
      )}
    </>
  );
}

const LANGUAGES = [
  ['ja', '日本語'],
  ['ja-simple', 'やさしい日本語'],
  ['en', 'English'],
] as const;

/** All three, or none: nobody is to be told less. */
function whatOf(said: FormData): NonNullable<AlertDraft['what']> | 'partly' | null {
  const [ja = '', simple = '', en = ''] = LANGUAGES.map(([id]) => String(said.get(id)).trim());
  if (ja === '' && simple === '' && en === '') return null;
  return ja === '' || simple === '' || en === '' ? 'partly' : { ja, 'ja-simple': simple, en };
}

interface DraftProps {
  readonly districts: TownState['districts'];
  readonly send: (request: TownRequest) => void;
  readonly refuse: (why: string) => void;
}

function Draft({ districts, send, refuse }: DraftProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget as HTMLFormElement);
    const what = whatOf(said);
    const chosen = said.getAll('district').map(String);
    if (chosen.length === 0) {
      refuse('地区を選んでください。');
      return;
    }
    if (what === 'partly') {
      refuse('三つのことばすべてで書くか、すべて空にしてください。');
      return;
    }
    send({
      do: 'propose',
      draft: {
        level: Number(said.get('level')) as 3 | 4 | 5,
        drill: said.get('drill') !== null,
        districts: chosen,
        what,
        hours: Number(said.get('hours')),
      },
    });
  };
  return (
    <form class="draft" onSubmit={submit}>
      <h3>新しい案</h3>
      <label>
        警戒レベル
        <select name="level">
          {[3, 4, 5].map((level) => (
            <option key={level} value={level}>
              {LEVEL_WORDS[level]}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>地区</legend>
        {districts.map(({ id, name }) => (
          <label key={id}>
            <input type="checkbox" name="district" value={id} /> {name}
          </label>
        ))}
      </fieldset>
      <fieldset class="what">
        <legend>何が起きているか（空なら、レベルごとの決まり文句）</legend>
        {LANGUAGES.map(([id, name]) => (
          <label key={id}>
            {name}
            <input name={id} maxLength={120} autocomplete="off" />
          </label>
        ))}
      </fieldset>
      <label>
        有効（時間）
        <input type="number" name="hours" min={1} max={48} defaultValue="6" />
      </label>
      <label class="check">
        <input type="checkbox" name="drill" /> 訓練
      </label>
      <button type="submit" class="button main">
        案にする
      </button>
    </form>
  );
}
