/** The way in. */

import { useState } from 'preact/hooks';
import { signIn } from './link.ts';

export function SignIn() {
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const said = new FormData(form);
    setBusy(true);
    setProblem('');
    const wrong = await signIn(String(said.get('name')), String(said.get('password')));
    setBusy(false);
    if (wrong === null) return;
    setProblem(wrong);
    const field = form.elements.namedItem('password') as HTMLInputElement;
    field.value = '';
    field.focus();
  };
  return (
    <main class="sign-in">
      <h1>安否確認</h1>
      <p>職員の名前とパスワードを入れてください。だれが何を見たかは、記録されます。</p>
      <form onSubmit={(event) => void submit(event)}>
        <label>
          名前
          <input name="name" autocomplete="username" required maxLength={64} />
        </label>
        <label>
          パスワード
          <input
            name="password"
            type="password"
            autocomplete="current-password"
            required
            maxLength={200}
          />
        </label>
        <p class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="button main" disabled={isBusy}>
          入る
        </button>
      </form>
    </main>
  );
}
