/** The papers that came out: a pile, and one of them opened large. */

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PaperShown, PapersShown } from '../../platform-sim/street/messages.ts';
import { text } from './language.ts';
import { VerifyCode, VerifyPaper } from './verifying.tsx';

const PILE = 4;

/** Number of the paper that is open, or null. */
const open = signal<number | null>(null);

export function Papers({ papers }: { readonly papers: PapersShown }) {
  const words = text.value;
  const pile = papers.newest.slice(0, PILE);
  return (
    <section class="papers" aria-labelledby="papers">
      <h2 id="papers">
        {words.papers}
        <span>{words.papersCount(papers.total)}</span>
      </h2>
      <VerifyCode />
      {pile.length === 0 && <p class="nothing">{words.noPaper}</p>}
      <ul class="pile">
        {pile.map((paper, place) => (
          <li key={paper.svg} data-place={place}>
            <button
              type="button"
              aria-label={words.paperNumber(paper.number)}
              onClick={() => {
                open.value = paper.number;
              }}
            >
              <Sheet paper={paper} />
            </button>
          </li>
        ))}
      </ul>
      <Opened papers={papers.newest} />
    </section>
  );
}

function Sheet({ paper }: { readonly paper: PaperShown }) {
  const { svg, width, height, complete } = paper;
  return (
    <img
      class={complete ? 'sheet' : 'sheet torn'}
      src={svg}
      width={width}
      height={height}
      alt=""
      draggable={false}
    />
  );
}

function Opened({ papers }: { readonly papers: readonly PaperShown[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const at = papers.findIndex(({ number }) => number === open.value);
  const paper = papers[at];
  const isOpen = paper !== undefined;
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal();
    if (!isOpen) dialog.current?.close();
  }, [isOpen]);
  const words = text.value;
  const close = () => {
    open.value = null;
  };
  const go = (to: PaperShown | undefined) => {
    if (to !== undefined) open.value = to.number;
  };
  const newer = papers[at - 1];
  const older = papers[at + 1];
  return (
    <dialog
      ref={dialog}
      class="opened"
      aria-label={paper && words.paperNumber(paper.number)}
      onClose={close}
      onClick={({ target }) => target === dialog.current && close()}
      onKeyDown={({ key }) =>
        go(key === 'ArrowLeft' ? newer : key === 'ArrowRight' ? older : undefined)
      }
    >
      {paper !== undefined && (
        <>
          <img
            class={paper.complete ? 'sheet' : 'sheet torn'}
            src={paper.svg}
            width={paper.width}
            height={paper.height}
            alt={paper.text}
          />
          <nav>
            <b>
              {words.paperNumber(paper.number)}
              {!paper.complete && ` (${words.paperTorn})`}
            </b>
            <button
              type="button"
              class="plain"
              disabled={newer === undefined}
              onClick={() => go(newer)}
            >
              {words.newer}
            </button>
            <button
              type="button"
              class="plain"
              disabled={older === undefined}
              onClick={() => go(older)}
            >
              {words.older}
            </button>
            {paper.isCertificate && <VerifyPaper paper={paper.number} />}
            <button type="button" class="plain" onClick={close}>
              {words.close}
            </button>
          </nav>
        </>
      )}
    </dialog>
  );
}
