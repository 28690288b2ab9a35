/**
 * The alert: who, what to do, why, where to, and what each of them answers. The one screen that turns a dark room white,
 * and that nobody and nothing closes but the municipality.
 */

import { ALERT_ANSWERS, type AlertAnswer } from '../../src/domain/evacuation.ts';
import {
  type AlertShown,
  answerChoice,
  type PersonShown,
  personChoice,
  UNDO,
} from '../../src/domain/television-screen.ts';
import { plain } from '../../src/text/ruby.ts';
import { Icon, Mark } from '../look/icons.tsx';
import { Maru } from '../look/maru.tsx';
import { Ruby, Sentences } from '../look/ruby.tsx';
import { clockTime } from './moments.ts';
import { AlertMap } from './tv-map.tsx';
import {
  LanguageKey,
  nameOf,
  politely,
  Room,
  SoundKey,
  standingOf,
  TvKey,
  tvBack,
} from './tv-room.tsx';
import type { Draw, Hand, ScreenOf } from './view.ts';

type Alert = ScreenOf<'tv-alert'>;
interface Drawn {
  readonly screen: Alert;
  readonly hand: Hand;
}

const COLOURS = { leaving: 'blue', safe: 'green', help: 'red' } as const;
const REMINDERS = ['fire', 'breaker', 'medicine', 'bag'] as const;

export const tvAlert: Draw<'tv-alert'> = (screen, hand) => {
  const { alert, people } = screen;
  const { alert: words } = hand.text.television;
  const isOver = alert.state === 'over';
  const isSafe =
    !isOver && people.length > 0 && people.every(({ standing }) => standing === 'safe');
  const title = isOver ? words.over.title : isSafe ? words.safe.title : words.call[alert.level];
  const body = isOver ? words.over.body : isSafe ? words.safe.body : null;
  const whole = (
    <Room name={isOver || isSafe ? 'alert-calm' : 'alert'} level={isOver ? 'over' : alert.level}>
      <Band screen={screen} hand={hand} />
      {body === null ? (
        <Call screen={screen} hand={hand} title={title} />
      ) : (
        <Calm title={title} body={body} />
      )}
      {isOver ? null : <Below screen={screen} hand={hand} isSafe={isSafe} />}
      {isOver && (
        <div class="answers-one">
          <TvKey text={words.over.go} onPress={() => hand.press({ key: 'enter' })} first main />
        </div>
      )}
    </Room>
  );
  return { layout: 'tv', ring: null, title, theme: 'light', whole };
};

function Band({ screen, hand }: Drawn) {
  const { alert, sample, more } = screen;
  const { alert: words } = hand.text.television;
  const isOver = alert.state === 'over';
  return (
    <header class="band" data-drill={alert.drill}>
      {alert.drill && (
        <p class="drill">
          <Ruby text={words.drill} />
        </p>
      )}
      {!isOver && (
        <p class="level">
          <span>
            <Ruby text={words.word} />
          </span>
          <b>{alert.level}</b>
        </p>
      )}
      <p class="kind">
        <Ruby text={isOver ? words.over.name : words.names[alert.level]} />
      </p>
      <div class="band-keys">
        {more > 0 && (
          <button type="button" class="hint" onClick={() => hand.press({ key: 'more' })}>
            <Icon name="next" />
            <span>
              <Ruby text={words.more({ count: more })} />
            </span>
          </button>
        )}
        <LanguageKey hand={hand} />
        <SoundKey hand={hand} />
      </div>
      <p class="when">
        <span>{alert.municipality.name}</span>
        <span>
          <Ruby text={sample ? words.sample.name : whenText(alert, hand)} />
        </span>
      </p>
    </header>
  );
}

function whenText({ sentAt, update, timeUnknown }: AlertShown, { text }: Hand): string {
  const { alert: words } = text.television;
  const time = clockTime(sentAt);
  if (timeUnknown) return words.timeUnknown;
  return update > 0 ? words.changed({ time }) : words.issued({ time });
}

function Call({ screen, hand, title }: Drawn & { readonly title: string }) {
  const { alert, people, sample } = screen;
  const { language } = hand;
  const { alert: words } = hand.text.television;
  const [shelter, ...others] = alert.level === 5 ? [] : alert.shelters;
  const called = people.filter(({ standing }) => standing !== 'safe');
  const names = called.map((person) => politely(person, hand)).join(jointOf(language));
  // Of more than three the list below has the names, and needs the room.
  const isCrowded = people.length > 3;
  const hasMap = alert.level !== 5 && alert.map.length > 0 && !isCrowded;
  return (
    <div class="call-room" data-people={isCrowded ? 'many' : called.length} data-map={hasMap}>
      <div class="words" aria-live="assertive">
        {called.length > 0 && !isCrowded && (
          <p class="who">
            <Ruby text={words.to({ names })} />
          </p>
        )}
        <h1>
          <Ruby text={title} />
        </h1>
        {sample && (
          <p class="warning">
            <Sentences text={words.sample.body} />
          </p>
        )}
        <p class="why">
          <Sentences text={alert.what[language]} />
        </p>
        {(shelter === undefined || alert.level === 3) && (
          <p class="besides">
            <Sentences text={words.besides[alert.level]} />
          </p>
        )}
        {shelter !== undefined && (
          <div class="dest">
            <p class="to">
              <i aria-hidden="true" />
              <b>
                <Ruby text={words.toShelter({ shelter: shelter.name[language] })} />
              </b>
              {shelter.minutes !== null && (
                <span>
                  <Ruby text={words.minutes({ minutes: shelter.minutes })} />
                </span>
              )}
            </p>
            {shelter.way[language] !== '' && (
              <p>
                <Sentences text={shelter.way[language]} />
              </p>
            )}
            {others.length > 0 && people.length <= 1 && (
              <p class="note">
                <Ruby
                  text={words.or({
                    shelters: others.map(({ name }) => name[language]).join(jointOf(language)),
                  })}
                />
              </p>
            )}
          </div>
        )}
      </div>
      {hasMap && (
        <AlertMap features={alert.map} shelter={shelter?.name[language] ?? null} hand={hand} />
      )}
    </div>
  );
}

/** Between names. */
function jointOf(language: Hand['language']): string {
  return language === 'en' ? ', ' : '、';
}

function Calm({ title, body }: { readonly title: string; readonly body: string }) {
  return (
    <div class="calm-room">
      <div class="calm-ring">
        <Maru state="done" to={null}>
          {''}
        </Maru>
      </div>
      <div class="words" aria-live="polite">
        <h1>
          <Ruby text={title} />
        </h1>
        <p>
          <Sentences text={body} />
        </p>
      </div>
    </div>
  );
}

function Below({ screen, hand, isSafe }: Drawn & { readonly isSafe: boolean }) {
  const { people, chosen, undo, lost, sample } = screen;
  const { alert: words } = hand.text.television;
  const person = people.find(({ ref }) => ref === chosen);
  return (
    <div class="below">
      {undo !== null || lost ? (
        <Notice screen={screen} hand={hand} />
      ) : (
        !isSafe && people.length <= 3 && <Reminders hand={hand} />
      )}
      {people.length > 1 && <People screen={screen} hand={hand} />}
      {person !== undefined && <Answers person={person} level={screen.alert.level} hand={hand} />}
      {person === undefined && (
        <div class="answers-one">
          {sample ? (
            tvBack(hand, { first: true })
          ) : (
            <TvKey text={words.seen} onPress={() => hand.press({ key: 'enter' })} first />
          )}
        </div>
      )}
    </div>
  );
}

/** What people in the pilots asked to be reminded of. */
function Reminders({ hand }: { readonly hand: Hand }) {
  const { reminders } = hand.text.television.alert;
  return (
    <ul class="four">
      {REMINDERS.map((name) => (
        <li key={name}>
          <Icon name={name} />
          <span>
            <Ruby text={reminders[name]} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Notice({ screen: { people, undo, lost, alert }, hand }: Drawn) {
  const { alert: words } = hand.text.television;
  const person = people.find(({ ref }) => ref === undo?.ref);
  return (
    <div class="notice" role="status">
      {lost && (
        <p class="warning">
          <Sentences text={words.lost} />
        </p>
      )}
      {!lost && undo !== null && person !== undefined && (
        <>
          <p>
            <Ruby
              text={words.answered({
                name: politely(person, hand),
                answer: answerWords(undo.answer, alert.level, hand),
              })}
            />
          </p>
          <TvKey
            icon="erase"
            text={words.undo}
            onPress={() => hand.press({ key: 'choose', choice: UNDO })}
          />
        </>
      )}
    </div>
  );
}

/** The arrows rest on one of them: it is for them that the colours answer. */
function People({ screen: { people, chosen }, hand }: Drawn) {
  const { alert: words } = hand.text.television;
  return (
    <ul class="people" aria-label={plain(words.peopleLabel)}>
      {people.map((person) => {
        const choose = () => hand.press({ key: 'choose', choice: personChoice(person.ref) });
        return (
          <li key={person.ref}>
            <button
              type="button"
              class="person"
              aria-pressed={person.ref === chosen}
              onClick={choose}
              onFocus={person.ref === chosen ? undefined : choose}
            >
              <Standing person={person} />
              <b class="who-is">
                <Ruby text={nameOf(person, hand)} />
              </b>
              <span class="said">
                <Ruby text={standingOf(person, hand)} />
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The shape says it first: a closed ring, an open one with a sign, a dashed one. */
function Standing({ person: { standing } }: { readonly person: PersonShown }) {
  const state = standing === 'safe' ? 'ok' : standing === 'help' ? 'not-well' : 'unknown';
  return <Mark state={state} />;
}

interface AnswersProps {
  readonly person: PersonShown;
  readonly level: AlertShown['level'];
  readonly hand: Hand;
}

function Answers({ person, level, hand }: AnswersProps) {
  const { alert: words, keys } = hand.text.television;
  const label = `${plain(words.answersLabel)}: ${plain(nameOf(person, hand))}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset of buttons is no form
    <div class="answers" role="group" aria-label={label}>
      {ALERT_ANSWERS.map((answer, at) => (
        <button
          type="button"
          class="answer-key"
          key={answer}
          aria-pressed={person.standing === answer}
          data-first={at === 0}
          onClick={() => hand.press({ key: 'choose', choice: answerChoice(answer, person.ref) })}
        >
          <kbd class={COLOURS[answer]}>
            <Ruby text={keys.colours[COLOURS[answer]]} />
          </kbd>
          <span>
            <Ruby text={answerWords(answer, level, hand)} />
          </span>
        </button>
      ))}
    </div>
  );
}

/** Nobody is told to go out when it is too late for it. */
function answerWords(answer: AlertAnswer, level: AlertShown['level'], { text }: Hand): string {
  const { alert: words } = text.television;
  return answer === 'leaving' && level === 5 ? words.movingUp : words.answers[answer];
}
