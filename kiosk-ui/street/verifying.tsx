/** Whose paper is it? A paper that came out is clicked, or the text of its code is typed; nobody is asked for it online. */

import { signal } from '@preact/signals';
import { text } from './language.ts';
import { ask, said } from './link.ts';

const code = signal('');

/** What was found out about the paper of this number; a press asks. */
export function VerifyPaper({ paper }: { readonly paper: number }) {
  const found = said.value?.of === `paper ${paper}` ? said.value.text : null;
  return (
    <>
      <button
        type="button"
        class="plain"
        onClick={() => ask({ do: 'verify-paper', paper }, `paper ${paper}`)}
      >
        {text.value.verify}
      </button>
      {found !== null && (
        <p class="verify" role="status">
          {found}
        </p>
      )}
    </>
  );
}

export function VerifyCode() {
  const words = text.value;
  const found = said.value?.of === 'code' ? said.value.text : null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (code.value !== '') ask({ do: 'verify', code: code.value }, 'code');
      }}
    >
      <div class="verify-code">
        <input
          type="text"
          value={code.value}
          maxLength={1_000}
          placeholder="KZ1:…"
          aria-label={words.codeOfPaper}
          autocomplete="off"
          onInput={({ currentTarget }) => {
            code.value = currentTarget.value.trim();
          }}
        />
        <button type="submit" class="plain">
          {words.verify}
        </button>
      </div>
      {found !== null && (
        <p class="verdict" role="status">
          {found}
        </p>
      )}
    </form>
  );
}
