/** The list that saves lives: who is not accounted for, those who need help on top. One page of it at a time. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { CountsShown, DistrictShown, RowShown } from '../../platform-sim/town/messages.ts';
import { Cells, Columns } from './cells.tsx';
import { connected, look, rows, tableOf } from './link.ts';
import { openPanel, panel } from './panel.ts';
import { print } from './printed.tsx';
import { save } from './save.ts';
import { StandingMark } from './shapes.tsx';
import { count } from './words.ts';

const ROWS_LEAST = 5;
const ROWS_MOST = 100;
/** As town.css has it. */
const ROW_REM = 2.45;
const TYPED_MS = 200;

const district = signal('');
const search = signal('');
const from = signal(0);
const perPage = signal(12);

function lookAgain(): void {
  const view = { district: district.value, search: search.value, from: from.value };
  look({ ...view, count: perPage.value });
}

export function People({
  districts,
  counts,
}: {
  readonly districts: readonly DistrictShown[];
  readonly counts: CountsShown;
}) {
  const open = counts.help + counts.unknown + counts.leaving;
  return (
    <section class="people" aria-labelledby="people">
      <h2 id="people">
        まだ確認できない方<span>{count(open)}人　助けが必要な方から</span>
      </h2>
      <Find districts={districts} />
      <Table />
      <Pages />
    </section>
  );
}

function Find({ districts }: { readonly districts: readonly DistrictShown[] }) {
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);
  const begin = () => {
    from.value = 0;
    lookAgain();
  };
  return (
    <search class="find">
      <label>
        地区
        <select
          value={district.value}
          onChange={({ currentTarget }) => {
            district.value = currentTarget.value;
            begin();
          }}
        >
          <option value="">すべて</option>
          {districts.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        さがす
        <input
          type="search"
          value={search.value}
          maxLength={60}
          placeholder="氏名・住まい・担当"
          onInput={({ currentTarget }) => {
            search.value = currentTarget.value;
            clearTimeout(typing.current);
            typing.current = setTimeout(begin, TYPED_MS);
          }}
        />
      </label>
      <span class="take">
        <button type="button" class="button" onClick={() => void download()}>
          CSV
        </button>
        <button type="button" class="button" onClick={() => void print(district.value)}>
          印刷
        </button>
      </span>
    </search>
  );
}

async function download(): Promise<void> {
  const table = await tableOf({ of: 'open', district: district.value });
  if (table !== null) save(table, '安否未確認.csv');
}

function Table() {
  const room = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const fit = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const height = room.current?.clientHeight ?? 0;
      const fitting = Math.floor(height / rem / ROW_REM) - 1;
      const next = Math.min(ROWS_MOST, Math.max(ROWS_LEAST, fitting));
      if (next !== perPage.value || rows.value === null) {
        perPage.value = next;
        lookAgain();
      }
    };
    const watching = new ResizeObserver(fit);
    if (room.current !== null) watching.observe(room.current);
    return () => watching.disconnect();
  }, []);
  const shown = rows.value?.order.flatMap((ref) => rows.value?.rows.get(ref) ?? []) ?? [];
  return (
    <div class="room" ref={room}>
      <table class="list" data-old={!connected.value}>
        <caption class="vh">まだ確認できない方</caption>
        <Columns />
        <tbody onKeyDown={walk}>
          {shown.map((row) => (
            <Row key={row.ref} row={row} />
          ))}
        </tbody>
      </table>
      {rows.value?.total === 0 && <p class="none">この条件で、確認できていない方はいません。</p>}
    </div>
  );
}

function Row({ row }: { readonly row: RowShown }) {
  const { ref, standing, name } = row;
  const isOpen = panel.value.is === 'person' && panel.value.ref === ref;
  return (
    // A click anywhere in the line does what its button does; the button is what keys and readers have.
    <tr data-open={isOpen} onClick={() => openPanel({ is: 'person', ref })}>
      <td>
        <StandingMark standing={standing} />
      </td>
      <th scope="row">
        <button type="button" class="name" aria-expanded={isOpen}>
          {name}
        </button>
      </th>
      <Cells row={row} />
    </tr>
  );
}

/** Up and down lead from name to name, and over the edge to the next page. */
function walk(event: KeyboardEvent): void {
  const { key } = event;
  if (key === 'PageDown' || key === 'PageUp') {
    event.preventDefault();
    turn(key === 'PageDown' ? 1 : -1);
    return;
  }
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
  const names = [...document.querySelectorAll<HTMLElement>('.list .name')];
  const next = names[names.indexOf(event.target as HTMLElement) + (key === 'ArrowDown' ? 1 : -1)];
  event.preventDefault();
  next?.focus();
}

function turn(pages: 1 | -1): void {
  const total = rows.value?.total ?? 0;
  const next = from.value + pages * perPage.value;
  if (next >= total || from.value + pages < 0) return;
  from.value = Math.max(0, next);
  lookAgain();
}

function Pages() {
  const total = rows.value?.total ?? 0;
  const last = Math.min(total, from.value + perPage.value);
  // Others were accounted for meanwhile: what is left is further up.
  useEffect(() => {
    if (total > 0 && from.value >= total) turn(-1);
  }, [total]);
  return (
    <nav class="pages" aria-label="ページ">
      <span role="status">
        {total === 0 ? '0人' : `${count(from.value + 1)}–${count(last)} / ${count(total)}`}
      </span>
      <button type="button" class="button" disabled={from.value === 0} onClick={() => turn(-1)}>
        前へ
      </button>
      <button type="button" class="button" disabled={last >= total} onClick={() => turn(1)}>
        次へ
      </button>
    </nav>
  );
}
