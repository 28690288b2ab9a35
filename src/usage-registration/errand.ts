/** 利用登録 as an errand: state-machines/usage-registration.ts, tied to its effects. */

import { fromPromise } from 'xstate';
import { cardPasswordMachine } from '../../state-machines/card-secret.ts';
import type { CardSecretEvent } from '../../state-machines/card-secret-setup.ts';
import { usageRegistrationMachine } from '../../state-machines/usage-registration.ts';
import type { RegistrationEvent } from '../../state-machines/usage-registration-setup.ts';
import { awaitsCard, watchesCard } from '../card-actors.ts';
import { passwordVault } from '../pin-vault.ts';
import { secretPad } from '../secret-pad.ts';
import type { Errand, TerminalParts } from '../services/service.ts';
import { registrationScreenOf } from './screen.ts';
import { RegistrationVisit } from './visit.ts';

export function usageRegistration(parts: TerminalParts): Errand {
  const vault = passwordVault();
  let visit = new RegistrationVisit(parts, vault);
  const begin = (): RegistrationVisit => {
    vault.wipe();
    visit = new RegistrationVisit(parts, vault);
    return visit;
  };
  return {
    id: 'registration',
    openness: () => null,
    machine: usageRegistrationMachine.provide({
      actors: {
        askMunicipalities: fromPromise(({ signal }) => begin().municipalities(signal)),
        awaitCard: awaitsCard<RegistrationEvent>(parts),
        watchCard: watchesCard<RegistrationEvent>(parts),
        readCard: fromPromise(({ input }) => visit.readCard(input)),
        prepare: fromPromise(({ input }) => visit.prepare(input)),
        secret: cardPasswordMachine.provide({
          actors: {
            countTries: fromPromise(({ input }) => visit.countTries(input)),
            secretPad: secretPad(vault),
            prove: fromPromise(({ input }) => visit.sign(input)),
            watchCard: watchesCard<CardSecretEvent>(parts),
          },
        }),
        apply: fromPromise(({ signal }) => visit.apply(signal)),
        record: fromPromise(() => visit.record()),
        forget: fromPromise(({ input }) => visit.forget(input.reason)),
      },
    }),
    screenOf: registrationScreenOf,
    typeSecret: (character) => void vault.add(character),
  };
}
