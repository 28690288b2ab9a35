/** The municipality's page: who is not accounted for, and what is known of everybody and every shelter. */

import { useEffect } from 'preact/hooks';
import { AlertBand, AlertPanel } from './alerts.tsx';
import { Arrivals } from './arrivals.tsx';
import { now, secondOf } from './clock.ts';
import { DistrictMap } from './district-map.tsx';
import { ask, connected, endsAt, lastHeard, signedIn, signOut, town } from './link.ts';
import { closePanel, openPanel, panel } from './panel.ts';
import { People } from './people.tsx';
import { Person } from './person.tsx';
import { Printed } from './printed.tsx';
import { Shelter, Shelters, Unlisted } from './shelters.tsx';
import { SignIn } from './sign-in.tsx';
import { Summary } from './summary.tsx';

const ROLE_WORDS = { viewer: '閲覧権限', operator: '操作権限' } as const;

export function TownPage() {
  const state = town.value;
  useEffect(() => {
    document.title = state === null ? '安否確認' : `${state.municipality.name} 安否確認`;
  }, [state?.municipality.name]);
  useEffect(() => {
    const close = ({ key }: KeyboardEvent) => {
      if (key === 'Escape' && panel.value.is !== 'overview') closePanel();
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, []);
  if (signedIn.value === 'no') return <SignIn />;
  if (state === null) return <main class="opening">{connected.value ? '' : <Lost />}</main>;
  return (
    <>
      <div class="town">
        <Header />
        {!connected.value && <Lost />}
        <IdleWarning />
        <Summary counts={state.counts} />
        <main class="two">
          <People districts={state.districts} counts={state.counts} />
          <Aside />
        </main>
      </div>
      <Printed />
    </>
  );
}

function Header() {
  const state = town.value;
  if (state === null) return null;
  const { municipality, clerk, alerts } = state;
  return (
    <header class="head">
      <h1>{municipality.name} 安否確認</h1>
      <AlertBand alerts={alerts} />
      <p class="who">
        {clerk.name}　{ROLE_WORDS[clerk.role]}　閲覧は記録されます
      </p>
      <p class="time">{secondOf(now.value)}</p>
      {alerts !== null && (
        <button type="button" class="button" onClick={() => openPanel({ is: 'alerts' })}>
          {clerk.role === 'operator' ? '避難情報を出す' : '避難情報を見る'}
        </button>
      )}
      <button type="button" class="button quiet" onClick={() => void signOut()}>
        出る
      </button>
    </header>
  );
}

/** What is shown may be old: it says from when. */
function Lost() {
  return (
    <p class="notice" role="alert">
      サーバーとの接続が切れています。
      {lastHeard.value > 0 && `${secondOf(lastHeard.value)} の時点の表示です。`}
      つながると、自動で新しくなります。
    </p>
  );
}

function IdleWarning() {
  if (endsAt.value === null) return null;
  // Looked at for its change: once a second.
  void now.value;
  const seconds = Math.max(0, Math.ceil((endsAt.value - Date.now()) / 1_000));
  return (
    <p class="notice" role="alert">
      操作がないため、あと{seconds}秒で画面を閉じます。
      <button
        type="button"
        class="button"
        onClick={() => void ask({ do: 'stay' }).catch(() => undefined)}
      >
        続ける
      </button>
    </p>
  );
}

function Aside() {
  const state = town.value;
  if (state === null) return null;
  const opened = panel.value;
  switch (opened.is) {
    case 'person':
      return <Person key={opened.ref} of={opened.ref} />;
    case 'alerts':
      return <AlertPanel state={state} />;
    case 'unlisted':
      return <Unlisted />;
    case 'shelter':
      return <Shelter shelter={state.shelters.find(({ id }) => id === opened.id)} />;
    case 'overview':
      return (
        <div class="aside">
          <Shelters shelters={state.shelters} counts={state.counts} />
          <Arrivals arrivals={state.arrivals} />
          <DistrictMap districts={state.districts} counts={state.counts} />
        </div>
      );
  }
}
