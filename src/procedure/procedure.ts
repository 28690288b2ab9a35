/** A definition becomes a service: state-machines/procedure.ts, tied to its effects. */

import { type AnyMachineSnapshot, fromCallback, fromPromise } from 'xstate';
import { procedureMachine } from '../../state-machines/procedure.ts';
import {
  type PadEvent,
  PROCEDURE_LIMIT_MS,
  type ProcedureContext,
  type ProcedureEvent,
} from '../../state-machines/procedure-setup.ts';
import { watchesCard } from '../card-actors.ts';
import { CARD_PIN_DIGITS } from '../domain/card-pin.ts';
import type { ScreenBody } from '../domain/screen.ts';
import type { SensedTap } from '../domain/tap.ts';
import { PinVault } from '../pin-vault.ts';
import type { Service, TerminalParts } from '../services/service.ts';
import type { ProcedureDefinition } from './definition.ts';
import { ProcedureVisit } from './visit.ts';

export function procedure<Found>(
  parts: TerminalParts,
  definition: ProcedureDefinition<Found>,
): Service {
  const vault = new PinVault(CARD_PIN_DIGITS);
  let latest: ProcedureVisit<Found> | null = null;

  const begin = (seen: SensedTap): ProcedureVisit<Found> => {
    vault.wipe();
    latest = new ProcedureVisit(parts, definition, vault, seen);
    return latest;
  };
  const visit = ({ tap }: SensedTap): ProcedureVisit<Found> => {
    if (latest?.tap !== tap) throw new Error('a step of another visit than the one that lasts');
    return latest;
  };

  return {
    id: definition.id,
    needs: ['card', ...(definition.needs ?? [])],
    lists: [],
    limitMs: PROCEDURE_LIMIT_MS,

    obstacle() {
      const needsKey = definition.assurance === 'possession' && parts.institution() === null;
      if (needsKey) return 'assurance-out-of-reach';
      if (!parts.isOnline()) return 'platform-offline';
      return parts.trust().anchors === 0 ? 'trust-missing' : null;
    },

    machine: procedureMachine.provide({
      actors: {
        readCard: fromPromise(({ input }) => begin(input).readCard()),
        verifyCertificate: fromPromise(({ input }) => visit(input).verifyCertificate()),
        countTries: fromPromise(({ input }) => visit(input).countTries()),
        pinPad: pinPad(vault),
        provePin: fromPromise(({ input }) => visit(input).provePin()),
        watchCard: watchesCard<ProcedureEvent>(parts),
        askPlatform: fromPromise(({ input, signal }) => visit(input).askPlatform(signal)),
        recordAnswer: fromPromise(async ({ input }) => visit(input).recordAnswer()),
        act: fromPromise(({ input: { seen } }) => visit(seen).act()),
        noteRefusal: fromPromise(async ({ input: { seen, answer } }) =>
          visit(seen).noteRefusal(answer),
        ),
        noteUnreadable: fromPromise(async ({ input: { seen, answer } }) =>
          visit(seen).noteUnreadable(answer),
        ),
        noteCancelled: fromPromise(async ({ input: { seen } }) => visit(seen).noteCancelled()),
      },
    }),

    place: () => ({
      title: '',
      startsAt: null,
      gate: parts.terminal,
      list: null,
      purpose: definition.purpose,
    }),

    dialogue: {
      screenOf: procedureScreenOf,
      typeSecret: (character) => void vault.add(character),
    },
  };
}

/** Tells how many digits there are, and overwrites them when nobody waits for them any more. */
function pinPad(vault: PinVault) {
  return fromCallback<PadEvent>(({ receive, sendBack }) => {
    const tell = () => sendBack({ type: 'pin.typed', digits: vault.length });
    tell();
    receive(({ type }) => {
      if (type === 'erase') vault.erase();
      tell();
    });
    return () => vault.wipe();
  });
}

/** What a state of its own shows; null where the session speaks. */
function procedureScreenOf(snapshot: AnyMachineSnapshot): ScreenBody | null {
  if (snapshot.matches('warning')) return { screen: 'pin-last-try' };
  if (snapshot.matches('asking')) return { screen: 'asking' };
  if (!snapshot.matches('typing')) return null;
  const { digits, tries, pinWasWrong }: ProcedureContext = snapshot.context;
  const isChecking = snapshot.matches({ typing: 'proving' });
  const result = isChecking ? 'checking' : pinWasWrong ? 'wrong' : 'ask';
  return { screen: 'pin', digits, result, tries };
}
