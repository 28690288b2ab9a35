/** A masked name: a line ends between its parts, not before their ＊. */

import { Fragment } from 'preact';

export function Name({ text }: { readonly text: string }) {
  return text.split(' ').map((part, index) => (
    <Fragment key={index}>
      {index > 0 && ' '}
      <span class="nb">{part}</span>
    </Fragment>
  ));
}
