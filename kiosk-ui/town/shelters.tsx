/** Shelters: how many people, how crowded, when last heard; what they need and were given. Those on no list, to be found out. */

import { useEffect, useState } from 'preact/hooks';
import type { CountsShown, ShelterShown, UnlistedShown } from '../../platform-sim/town/messages.ts';
import { minuteOf } from './clock.ts';
import { ask, tableOf } from './link.ts';
import { closePanel, openPanel } from './panel.ts';
import { save } from './save.ts';
import { CrowdingMark, SilentMark } from './shapes.tsx';
import { count, NEED_WORDS, SUPPLY_WORDS } from './words.ts';

interface SheltersProps {
  readonly shelters: readonly ShelterShown[];
  readonly counts: CountsShown;
}

export function Shelters({ shelters, counts }: SheltersProps) {
  const people = shelters.reduce((sum, shelter) => sum + shelter.people, 0);
  return (
    <section class="shelters" aria-labelledby="shelters">
      <h2 id="shelters">
        避難所
        <span>
          {count(shelters.length)}か所　{count(people)}人
        </span>
        <button type="button" class="button small" onClick={() => void download()}>
          CSV
        </button>
      </h2>
      {counts.unlisted > 0 && (
        <p class="unlisted">
          このうち、名簿と結びついていない方 {count(counts.unlisted)}人{' '}
          <button type="button" class="name" onClick={() => openPanel({ is: 'unlisted' })}>
            見る
          </button>
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section class="scrolls" tabIndex={0} aria-label="避難所の表">
        <table>
          <caption class="vh">避難所ごとの人数</caption>
          <thead>
            <tr>
              <th scope="col">名前</th>
              <th scope="col" class="number">
                人数 / 定員
              </th>
              <th scope="col">混雑</th>
              <th scope="col">最終連絡</th>
            </tr>
          </thead>
          <tbody>
            {shelters.map((shelter) => (
              <ShelterLine key={shelter.id} shelter={shelter} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

async function download(): Promise<void> {
  const table = await tableOf({ of: 'shelters' });
  if (table !== null) save(table, '指定緊急避難場所一覧.csv');
}

function ShelterLine({ shelter }: { readonly shelter: ShelterShown }) {
  const { id, name, people, capacity, crowding, contact } = shelter;
  return (
    <tr>
      <th scope="row">
        <button type="button" class="name" onClick={() => openPanel({ is: 'shelter', id })}>
          {name}
        </button>
      </th>
      <td class="number">
        {count(people)} / {count(capacity)}
      </td>
      <td>
        <CrowdingMark crowding={crowding} />
      </td>
      <td>
        <Contact contact={contact} />
      </td>
    </tr>
  );
}

function Contact({ contact }: Pick<ShelterShown, 'contact'>) {
  if (contact.linked) return <>いま</>;
  if (contact.at === null) return <span class="untold">まだ</span>;
  return (
    <span class="silent">
      <SilentMark />
      <span class="vh">連絡が切れています。最後は</span>
      {minuteOf(contact.at)}
    </span>
  );
}

/** What its people need, and what they were given. */
export function Shelter({ shelter }: { readonly shelter: ShelterShown | undefined }) {
  if (shelter === undefined) return null;
  const { name, people, capacity, out, unlisted, crowding, contact, needs, handed } = shelter;
  return (
    <section class="aside" aria-labelledby="shelter">
      <header>
        <h2 id="shelter">{name}</h2>
        <button type="button" class="button" onClick={closePanel}>
          閉じる
        </button>
      </header>
      <dl class="facts-of">
        <dt>人数</dt>
        <dd>
          {count(people)}人 / 定員 {count(capacity)}人　
          <CrowdingMark crowding={crowding} />
        </dd>
        <dt>外出中</dt>
        <dd>{count(out)}人</dd>
        <dt>名簿外</dt>
        <dd>{count(unlisted)}人</dd>
        <dt>最終連絡</dt>
        <dd>
          <Contact contact={contact} />
        </dd>
      </dl>
      <Things title="必要なもの（人）" counts={needs} words={NEED_WORDS} />
      <Things title="きょう渡したもの" counts={handed} words={SUPPLY_WORDS} />
    </section>
  );
}

interface ThingsProps {
  readonly title: string;
  readonly counts: Readonly<Partial<Record<string, number>>>;
  readonly words: Readonly<Record<string, string>>;
}

function Things({ title, counts, words }: ThingsProps) {
  return (
    <>
      <h3>{title}</h3>
      <dl class="things">
        {Object.entries(words).map(([kind, word]) => (
          <div key={kind}>
            <dt>{word}</dt>
            <dd>{count(counts[kind] ?? 0)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

export function Unlisted() {
  const [unlisted, setUnlisted] = useState<readonly UnlistedShown[]>([]);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    ask({ do: 'unlisted' }).then(
      (answer) => {
        if (answer.is === 'unlisted') setUnlisted(answer.unlisted);
      },
      (error: Error) => setProblem(error.message),
    );
  }, []);
  return (
    <section class="aside" aria-labelledby="unlisted">
      <header>
        <h2 id="unlisted">名簿と結びついていない方</h2>
        <button type="button" class="button" onClick={closePanel}>
          閉じる
        </button>
      </header>
      <p>
        避難所に受け入れられましたが、名簿の方かどうか、まだ分かりません。だれであるかは市の鍵で封をされています。鍵のある部屋で
        kazasu-platform evacuees reconcile を使うと、確かめて結びつけられます。
      </p>
      <p role="alert" class="problem">
        {problem}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">避難所</th>
            <th scope="col">受付</th>
            <th scope="col" class="number">
              人数
            </th>
          </tr>
        </thead>
        <tbody>
          {unlisted.map(({ key, shelter, at, people }) => (
            <tr key={key}>
              <td>{shelter}</td>
              <td>{minuteOf(at)}</td>
              <td class="number">{count(people)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
