/** The street's page: the street itself, the pavement with the cards, and four quiet columns below. */

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Arrived } from './arrived.tsx';
import { Breaking } from './breaking.tsx';
import { Logo } from './drawings.tsx';
import { Incidents } from './incidents.tsx';
import { language, switchLanguage, text, timeOf } from './language.ts';
import { ask, connected, refusal, street } from './link.ts';
import { Papers } from './papers.tsx';
import { Pavement } from './pavement.tsx';
import { Scene } from './scene.tsx';

const TICK_MS = 250;
const now = signal(Date.now());

export function StreetPage() {
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, TICK_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    document.documentElement.lang = language.value;
    document.title = text.value.title;
  }, [language.value]);
  const state = street.value;
  return (
    <>
      <Header />
      {!connected.value && (
        <p class="lost" role="alert">
          {text.value.closed}
        </p>
      )}
      {state !== null && (
        <main class={connected.value && !state.opening ? 'street' : 'street away'}>
          <Scene state={state} />
          <Pavement state={state} />
          <div class="low">
            <Papers papers={state.papers} />
            <Arrived
              platform={state.platform}
              places={state.places}
              applications={state.applications}
            />
            <Incidents state={state} />
            <Breaking state={state} />
          </div>
        </main>
      )}
    </>
  );
}

function Header() {
  const { title, hint, hintTouch, otherLanguage, restart, opening, townPage } = text.value;
  const town = street.value?.town ?? null;
  const isOpening = street.value === null || street.value.opening;
  const quiet = isOpening ? opening : matchMedia('(pointer: coarse)').matches ? hintTouch : hint;
  return (
    <header class="head">
      <h1>
        <Logo />
        {title}
      </h1>
      <p role="status" class={refusal.value === '' ? '' : 'refusal'}>
        {refusal.value === '' ? quiet : refusal.value}
      </p>
      <time class="clock">{timeOf(now.value)}</time>
      <button
        type="button"
        class="language"
        lang={language.value === 'ja' ? 'en' : 'ja'}
        onClick={switchLanguage}
      >
        {otherLanguage}
      </button>
      <button type="button" class="plain" disabled={isOpening} onClick={() => ask({ do: 'reset' })}>
        {restart}
      </button>
      {town !== null && (
        <a class="plain" href={town.url} target="_blank" rel="noreferrer">
          {townPage}
        </a>
      )}
    </header>
  );
}
