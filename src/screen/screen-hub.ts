/**
 * What is on the screen now, from the running machines; and the keys, back to the machine whose screen it is. It lives
 * whether or not a browser shows it, and sees to it that what is not shown any more is forgotten.
 */

import type { Actor, AnyActorRef, AnyMachineSnapshot } from 'xstate';
import type { terminalMachine } from '../../state-machines/terminal.ts';
import type { PageButton, RemotePresses } from '../domain/remote.ts';
import type {
  Key,
  Language,
  Screen,
  ScreenBody,
  ScreenFrame,
  StateMeta,
} from '../domain/screen.ts';
import type { Errand, Service, Visit } from '../services/service.ts';
import { coloursOf } from './colours.ts';
import { RemoteKeys } from './remote-keys.ts';
import {
  isAnswered,
  isCardGone,
  isServing,
  type Shown,
  type Speaker,
  screenOf,
  speakerBelow,
} from './screen-of.ts';
import type { PressResult, ScreenSource } from './screen-source.ts';

/** The staff's part of the screen. */
export interface StaffScreens {
  /** Whether the staff key leads anywhere; an attendant's card opens the menu without it. */
  readonly takesPin: boolean;
  screenOf(snapshot: AnyMachineSnapshot): ScreenBody;
  /** Where what is typed on a secret screen goes: it is in no event, no context and no journal. */
  typeSecret(character: string): void;
}

export interface HubParts {
  readonly actor: Actor<typeof terminalMachine>;
  readonly service: Service;
  /** Null: nobody is configured who could open the staff's menu. */
  readonly staff: StaffScreens | null;
  readonly isOffline: () => boolean;
  /** Whether there is a voice at all. */
  readonly speaks: boolean;
  /** What is pressed on a remote control; null: there is none. */
  readonly remote: RemotePresses | null;
  readonly look: ScreenFrame['look'];
  readonly ways: (language: Language) => ScreenFrame['ways'];
}

export class ScreenHub implements ScreenSource {
  readonly #parts: HubParts;
  readonly #listeners = new Set<(screen: Screen) => void>();
  readonly #remote: RemoteKeys;
  #shown: Shown;
  /** The number since which the shown screen has been this one: keys pressed on it since then are not late. */
  #since = 1;
  /**
   * A state that was left before a browser could hear of it, as when a card is gone before its answer is there: while
   * the screen stays the same, its tone and its voice are still due.
   */
  #cue: StateMeta | null = null;
  #announced: StateMeta;
  #current: Screen;
  /** `current` without its number, to see what changed. */
  #text: string;
  #announcing = false;
  /** How often somebody has been called by the voice. */
  #calls = 0;

  /** Before the machine starts: a person who holds a card then misses nothing. */
  constructor(parts: HubParts) {
    this.#parts = parts;
    const shown = this.#read();
    if (shown === null) throw new Error('the terminal begins without a screen');
    this.#shown = shown;
    this.#announced = shown.meta;
    const content = this.#content();
    this.#text = JSON.stringify(content);
    this.#current = { ...content, number: 1 };
    const { actor, remote } = parts;
    this.#remote = new RemoteKeys(this, () => remote?.refuseDigit());
    remote?.watch((press) => this.#remote.press(press));
    actor.system.inspect((event) => {
      // What the others do, such as the steps of a service, changes no screen.
      if (event.type === '@xstate.snapshot' && 'machine' in event.snapshot) this.refresh();
    });
  }

  get current(): Screen {
    return this.#current;
  }

  watch(listener: (screen: Screen) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  watchButtons(listener: (button: PageButton) => void): () => void {
    return this.#remote.watch(listener);
  }

  /** Whether what is typed on the screen that is shown is a secret. */
  get isSecret(): boolean {
    return this.#shown.meta.secret === true;
  }

  /** Looks again; also for what no machine says: the age of the list, the link. */
  refresh(): void {
    this.#forget();
    const shown = this.#read();
    if (shown !== null) {
      const { meta } = this.#shown;
      if (shown.meta.voice === 'tv-call' && meta !== shown.meta) this.#calls += 1;
      if (meta.screen !== shown.meta.screen) this.#since = this.#current.number + 1;
      if (meta !== shown.meta && meta !== this.#announced) this.#cue = meta;
      this.#shown = shown;
    }
    if (this.#announcing) return;
    this.#announcing = true;
    queueMicrotask(() => this.#announce());
  }

  press(number: number, key: Key): PressResult {
    if (number < this.#since || number > this.#current.number) return 'stale-screen';
    const { actor } = this.#parts;
    if (key.key === 'language') {
      actor.send({ type: 'key.language', language: key.language });
      return 'taken';
    }
    if (key.key === 'sound') {
      actor.send({ type: 'key.sound' });
      return 'taken';
    }
    const { meta, speaker } = this.#shown;
    if (!this.#keys.includes(key.key)) return 'key-not-allowed';
    // Whoever shows the screen, help is the terminal's affair.
    if (key.key === 'call') {
      actor.send({ type: 'key.call' });
      return 'taken';
    }
    if (key.key === 'choose' && this.#isClosed(key.choice)) return 'key-not-allowed';
    const target = this.#actorOf(speaker);
    target?.send(this.#eventOf(key, meta, speaker));
    return 'taken';
  }

  #actorOf(speaker: Speaker): AnyActorRef | undefined {
    const { actor } = this.#parts;
    const { children } = actor.getSnapshot();
    switch (speaker) {
      case 'terminal':
        return actor;
      case 'service':
        return speakerBelow(children['session']?.getSnapshot().children['service']);
      case 'errand':
      case 'staff':
        return speakerBelow(children[speaker]);
      default:
        return children[speaker];
    }
  }

  get #errands(): readonly Errand[] {
    return this.#parts.service.errands ?? [];
  }

  /** An errand that can't be begun now, as its row says; what is offered elsewhere says so itself. */
  #isClosed(choice: string): boolean {
    if (this.#shown.meta.screen !== 'menu') return false;
    return this.#errands.find(({ id }) => id === choice)?.openness()?.open === false;
  }

  /** The one that lasts, or the latest one. */
  get #errand(): Visit | null {
    const { errand } = this.#parts.actor.getSnapshot().context;
    const { programme } = this.#parts.service;
    if (programme?.id === errand) return programme;
    return this.#errands.find(({ id }) => id === errand) ?? null;
  }

  /** Where nobody is staff, there is no key for them. */
  get #keys(): StateMeta['keys'] {
    const { keys } = this.#shown.meta;
    const offersStaff = this.#parts.staff?.takesPin ?? false;
    const offered = offersStaff ? keys : keys.filter((key) => key !== 'staff');
    // Where people are taken in, somebody is there.
    const isAlone = this.#errands.length > 0 && this.#parts.service.home === undefined;
    const canCall = isAlone && this.#shown.speaker !== 'staff';
    return canCall && !offered.includes('call') ? [...offered, 'call'] : offered;
  }

  #eventOf({ key, ...what }: Key, { secret }: StateMeta, speaker: Speaker) {
    const type = `key.${key}`;
    if (!secret || !('character' in what)) return { type, ...what };
    this.#keeperOf(speaker)?.typeSecret(what.character);
    return { type };
  }

  #keeperOf(speaker: Speaker): { typeSecret(character: string): void } | null {
    const { staff, service } = this.#parts;
    if (speaker === 'service') return service.dialogue ?? null;
    return speaker === 'errand' ? this.#errand : staff;
  }

  #forget(): void {
    const { actor, service } = this.#parts;
    const terminal = actor.getSnapshot();
    if (isServing(terminal) && !isCardGone(terminal)) return;
    const isToldStill = isServing(terminal) || isAnswered(terminal);
    service.receipts?.forget(isToldStill ? 'name' : 'answer');
  }

  #read(): Shown | null {
    const { actor, service, staff, isOffline } = this.#parts;
    const terminal = actor.getSnapshot();
    const { list, purpose } = service.place();
    return screenOf(terminal, {
      answer: service.receipts?.shown(terminal.context.seen.tap) ?? null,
      purpose,
      list,
      offline: isOffline(),
      errands: this.#errands.map((errand) => ({ id: errand.id, openness: errand.openness() })),
      home: service.home?.bind(service, isOffline()) ?? null,
      errandScreenOf: (snapshot) => this.#errand?.screenOf(snapshot) ?? null,
      serviceScreenOf: (snapshot) => service.dialogue?.screenOf(snapshot) ?? null,
      staffScreenOf: (snapshot) => staff?.screenOf(snapshot) ?? null,
    });
  }

  #announce(): void {
    this.#announcing = false;
    this.#announced = this.#shown.meta;
    const content = this.#content();
    const text = JSON.stringify(content);
    if (text === this.#text) {
      // Another screen came and went within one turn.
      this.#since = Math.min(this.#since, this.#current.number);
      return;
    }
    this.#text = text;
    this.#current = { ...content, number: this.#current.number + 1 };
    for (const listener of [...this.#listeners]) listener(this.#current);
  }

  #content(): Omit<ScreenFrame, 'number'> & ScreenBody {
    const { actor, service, look, ways } = this.#parts;
    const { language, chosenSound, called } = actor.getSnapshot().context;
    const { meta, body } = this.#shown;
    // Whoever wanted silence did not mean this.
    const isHeard = meta.tone === 'alert' && chosenSound === 'off';
    const sound = isHeard ? 'normal' : chosenSound;
    const { title, gate, startsAt } = service.place();
    const cue = this.#cue?.screen === meta.screen ? this.#cue : null;
    const voice = meta.voice ?? cue?.voice ?? (called ? 'staff-called' : null);
    return {
      language,
      sound,
      tone: meta.tone ?? cue?.tone ?? null,
      speech: sound === 'off' ? null : this.#speech(voice, language),
      keys: this.#keys,
      called,
      place: { title, gate, startsAt },
      ways: ways(language),
      colours: coloursOf(body),
      look,
      ...body,
    };
  }

  #speech(voice: StateMeta['voice'], language: Language): string | null {
    if (voice === null || !this.#parts.speaks) return null;
    const isByAnswer = voice === 'by-reason' || voice === 'by-result';
    const speech = isByAnswer ? this.#shown.says : voice;
    if (speech === null) return null;
    const path = `/voice/${language}/${speech}`;
    // Said again and again, and each time as things are then: the path alone tells one call from the next.
    return voice === 'tv-call' ? `${path}?${this.#calls}` : path;
  }
}
