/** The columns of the list, on the screen and on paper. */

import type { RowShown } from '../../platform-sim/town/messages.ts';
import { minuteOf } from './clock.ts';
import { LAST_SIGNS, supportWords } from './words.ts';

export function Columns() {
  return (
    <thead>
      <tr>
        <th scope="col">状況</th>
        <th scope="col">氏名</th>
        <th scope="col" class="number">
          年齢
        </th>
        <th scope="col">住まい</th>
        <th scope="col">最後の連絡</th>
        <th scope="col">必要な支援</th>
        <th scope="col">担当</th>
      </tr>
    </thead>
  );
}

/** All but the first two, which are no mere text. */
export function Cells({ row }: { readonly row: RowShown }) {
  const { age, address, last, assigned } = row;
  return (
    <>
      <td class="number">{age}</td>
      <td>{address ?? <span class="untold">非公開</span>}</td>
      <td>{last === null ? '—' : `${minuteOf(last.at)} ${LAST_SIGNS[last.what]}`}</td>
      <td class="support">{supportWords(row)}</td>
      <td>{assigned === '' ? '—' : assigned}</td>
    </>
  );
}
