/** Text that may carry ruby. */

import { Fragment } from 'preact';
import { parseRuby } from '../../src/text/ruby.ts';

/** Where one sentence ends and another follows. */
const SENTENCE_END = /(?<=。)(?=.)|(?<=[.?]) (?=\S)/u;

/** A word of its own, which the browser's phrases join with the verb before: かざして|ください. */
const REQUEST = /(?<=[ぁ-ん])(?=ください)/u;

/** A particle stays with the name in brackets: 「総合案内」へ. */
const BRACKET_AND_PARTICLE = /(」[ぁ-ん])/u;

/** Draws `漢字《かんじ》` as 漢字 with its reading above; a line never breaks inside. */
export function Ruby({ text }: { readonly text: string }) {
  return parseRuby(text).map(({ base, reading }) =>
    reading === null ? (
      base.split(REQUEST).map((part, index) => (
        <Fragment key={part}>
          {index > 0 && <wbr />}
          {part
            .split(BRACKET_AND_PARTICLE)
            .map((run) => (BRACKET_AND_PARTICLE.test(run) ? <span class="nb">{run}</span> : run))}
        </Fragment>
      ))
    ) : (
      <ruby>
        {base}
        <rt>{reading}</rt>
      </ruby>
    ),
  );
}

/** Running text that may carry ruby: a new sentence rather begins a line than being broken after its first word. */
export function Sentences({ text }: { readonly text: string }) {
  const sentences = text.split(SENTENCE_END);
  if (sentences.length === 1) return <Ruby text={text} />;
  return sentences.map((sentence) => (
    <Fragment key={sentence}>
      <span class="sentence">
        <Ruby text={sentence} />
      </span>{' '}
    </Fragment>
  ));
}
