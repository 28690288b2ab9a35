/**
 * The town hall: what the municipality knows, in small, the alert that its two clerks raise and cancel together, and the
 * way to its page. No sign-in protects anything here, so that the passwords stand on the wall.
 */

import type { TownShown } from '../../platform-sim/street/messages.ts';
import { standBefore, TOWN_HALL } from './here.ts';
import { inWords, text } from './language.ts';
import { ask } from './link.ts';
import { STANDINGS, StandingMark } from './standing.tsx';

export function TownHall({ town }: { readonly town: TownShown }) {
  const words = text.value;
  const { name, url, clerks, isDown, counts } = town;
  return (
    <div class={isDown ? 'town-hall down' : 'town-hall'} data-place={TOWN_HALL}>
      <svg class="drawing" viewBox="0 0 320 500" aria-hidden="true">
        <path class="wall" d="M8 84H312V500H8z" />
        <path class="line" d="M8 500V84M312 84V500M-6 84H326" />
        <path class="line" d="M160 64V2" />
        <path class="flag" d="M161 3h40l-10 11 10 11h-40z" />
      </svg>
      <h2 class="sign">
        <button type="button" class="sign-key" onClick={() => standBefore(TOWN_HALL)}>
          {words.hallOf(name)}
        </button>
      </h2>
      <div class="board">
        <InForce alerts={town.alerts} />
        {isDown ? (
          <p class="no-power">{words.noPower}</p>
        ) : (
          <ul class="standings" aria-label={words.standingsOf(counts.all)}>
            {STANDINGS.map((standing) => (
              <li key={standing} data-standing={standing}>
                <StandingMark standing={standing} />
                {words.standings[standing]}
                <b>{counts[standing]}</b>
              </li>
            ))}
            {counts.unlisted > 0 && (
              <li>
                <i />
                {words.unlisted}
                <b>{counts.unlisted}</b>
              </li>
            )}
          </ul>
        )}
        <div class="clerks-do">
          <button type="button" disabled={isDown} onClick={() => ask({ do: 'alert', is: 'raise' })}>
            {words.raiseAlert}
          </button>
          <button
            type="button"
            disabled={isDown || town.alerts.length === 0}
            onClick={() => ask({ do: 'alert', is: 'cancel' })}
          >
            {words.cancelAlert}
          </button>
        </div>
        <p class="clerks">
          {words.clerksOf}
          {clerks.map((clerk) => (
            <span key={clerk.name}>
              <b>{clerk.name}</b> <span class="fixed">{clerk.password}</span>
            </span>
          ))}
        </p>
        <a href={url} target="_blank" rel="noreferrer">
          {words.townPage}
        </a>
      </div>
    </div>
  );
}

/** The most severe one, in its level's colour, which is used for nothing else. */
function InForce({ alerts }: { readonly alerts: TownShown['alerts'] }) {
  const words = text.value;
  const [worst, ...others] = alerts;
  return (
    <p class="in-force" role="status" data-level={worst?.level} data-drill={worst?.drill}>
      {worst === undefined ? (
        words.noAlert
      ) : (
        <>
          <b title={inWords(worst.what)}>{words.levels[worst.level]}</b>
          {worst.drill && <span>{words.drill}</span>}
          {others.length > 0 && <span>{words.moreAlerts(others.length)}</span>}
        </>
      )}
    </p>
  );
}
