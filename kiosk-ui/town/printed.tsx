/** The list on paper: asked for as a whole, drawn for the printer alone, and gone afterwards. */

import { signal } from '@preact/signals';
import type { RowShown } from '../../platform-sim/town/messages.ts';
import { dayInJapan } from '../../src/domain/japan-time.ts';
import { Cells, Columns } from './cells.tsx';
import { now, secondOf } from './clock.ts';
import { ask, town } from './link.ts';
import { StandingMark } from './shapes.tsx';
import { Summary } from './summary.tsx';
import { count } from './words.ts';

interface Printable {
  readonly rows: readonly RowShown[];
  readonly total: number;
  readonly at: number;
}

const printable = signal<Printable | null>(null);

/** `district`: its id; empty for all. */
export async function print(district: string): Promise<void> {
  const answer = await ask({ do: 'print', district }).catch(() => null);
  if (answer?.is !== 'printable') return;
  printable.value = { rows: answer.rows, total: answer.total, at: now.value };
  // Two frames: what is to be printed has been drawn.
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const forget = () => {
    printable.value = null;
  };
  window.addEventListener('afterprint', forget, { once: true });
  window.print();
}

export function Printed() {
  const state = town.value;
  const sheet = printable.value;
  if (state === null || sheet === null) return null;
  const { municipality, clerk, counts } = state;
  const { rows, total, at } = sheet;
  return (
    <div class="printed">
      <header>
        <h1>{municipality.name} まだ確認できない方</h1>
        <p>
          {dayInJapan(at)} {secondOf(at)}　印刷 {clerk.name}
          　取扱注意
        </p>
      </header>
      <Summary counts={counts} />
      {rows.length < total && (
        <p>
          全{count(total)}人のうち、先頭の{count(rows.length)}人です。
        </p>
      )}
      <table class="list">
        <Columns />
        <tbody>
          {rows.map((row) => (
            <tr key={row.ref}>
              <td>
                <StandingMark standing={row.standing} />
              </td>
              <th scope="row">{row.name}</th>
              <Cells row={row} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
