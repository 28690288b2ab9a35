/** What state-machines/usage-registration.ts and the machines below it show. */

import type { AnyMachineSnapshot, SnapshotFrom } from 'xstate';
import {
  inPrefecture,
  MUNICIPALITY_CHOICE_DELAYS,
  municipalitiesShown,
  type municipalityChoiceMachine,
  prefecturesOf,
} from '../../state-machines/municipality-choice.ts';
import {
  REGISTRATION_FORM_DELAYS,
  type registrationFormMachine,
  townsShown,
} from '../../state-machines/registration-form.ts';
import type { usageRegistrationMachine } from '../../state-machines/usage-registration.ts';
import { REGISTRATION_DELAYS } from '../../state-machines/usage-registration-setup.ts';
import {
  type Choice,
  type ChoiceOf,
  type Progress,
  type RegistrationStep,
  TEXT_LIMITS,
  type TextField,
} from '../domain/kiosk-screen.ts';
import { choicesOf, pageOf, pagesOf, rowsOf } from '../domain/place-choice.ts';
import type { ScreenBody } from '../domain/screen.ts';
import { childOf } from '../screen/child-machine.ts';
import { secretShown } from '../screen/secret-shown.ts';

type Registration = SnapshotFrom<typeof usageRegistrationMachine>;
type ChoiceSnapshot = SnapshotFrom<typeof municipalityChoiceMachine>;
type FormSnapshot = SnapshotFrom<typeof registrationFormMachine>;

/** Null in a state that is left as soon as it is entered. */
export function registrationScreenOf(errand: AnyMachineSnapshot): ScreenBody | null {
  const snapshot = errand as Registration;
  const { context } = snapshot;
  if (snapshot.matches('choosing')) return choiceScreenOf(childOf(snapshot, 'choice'));
  if (snapshot.matches({ registering: 'writing' })) return formScreenOf(childOf(snapshot, 'form'));
  if (snapshot.matches({ registering: 'signing' })) {
    return passwordScreenOf(childOf(snapshot, 'secret'));
  }
  if (snapshot.matches({ registering: 'placing' })) {
    return { screen: 'place-card', progress: at('choose'), again: context.again };
  }
  if (snapshot.matches({ registering: 'stillThere' })) {
    return stillThere(REGISTRATION_DELAYS.leaving);
  }
  if (snapshot.matches('applied')) return appliedScreen(snapshot);
  if (snapshot.matches('refused')) {
    const { reason } = context;
    return { screen: 'ended', reason, money: 'nothing-charged', request: null, from: null };
  }
  if (snapshot.matches('takingCard')) {
    const isCalm = snapshot.matches({ takingCard: 'asked' });
    const urgency = isCalm ? 0 : snapshot.matches({ takingCard: 'louder' }) ? 1 : 2;
    return { screen: 'take-card', follows: 'nothing', urgency };
  }
  return workingScreen(snapshot);
}

function choiceScreenOf(snapshot: ChoiceSnapshot | null): ScreenBody | null {
  if (snapshot === null) return null;
  const { context } = snapshot;
  const { page } = context;
  if (snapshot.matches({ asking: 'stillThere' })) {
    return stillThere(MUNICIPALITY_CHOICE_DELAYS.leaving);
  }
  if (snapshot.matches({ asking: 'prefecture' })) {
    const prefectures = choicesOf(prefecturesOf(context), (name) => ({
      label: { is: 'place', name, kana: '' },
    }));
    return choose('prefecture', 'choose', prefectures, page);
  }
  if (snapshot.matches({ asking: 'row' })) {
    return choose('kana-row', 'choose', rowChoices(inPrefecture(context)), page);
  }
  const municipalities = choicesOf(municipalitiesShown(context), ({ name, kana, takesPart }) => ({
    label: { is: 'place', name, kana },
    openness: takesPart
      ? null
      : { open: false, reason: 'municipality-not-taking-part', from: null },
  }));
  return choose('municipality', 'choose', municipalities, page);
}

const FIELDS = [
  ['number', 'domicile-number'],
  ['family', 'head-family-kana'],
  ['given', 'head-given-kana'],
] as const;

function formScreenOf(snapshot: FormSnapshot | null): ScreenBody | null {
  if (snapshot === null) return null;
  const { context } = snapshot;
  const { municipality, town, texts, page } = context;
  if (snapshot.matches({ writing: 'stillThere' })) {
    return stillThere(REGISTRATION_FORM_DELAYS.leaving);
  }
  if (snapshot.matches({ writing: 'row' })) {
    return choose('kana-row', 'write', rowChoices(municipality.towns), page);
  }
  if (snapshot.matches({ writing: 'town' })) {
    const towns = choicesOf(townsShown(context), (place) => ({ label: { is: 'place', ...place } }));
    return choose('town', 'write', towns, page);
  }
  if (snapshot.matches({ writing: 'review' })) {
    return {
      screen: 'review',
      progress: at('review'),
      municipality: municipality.name,
      domicile: { town: town ?? '', number: texts['domicile-number'] },
      head: { familyKana: texts['head-family-kana'], givenKana: texts['head-given-kana'] },
    };
  }
  const field = FIELDS.find(([state]) => snapshot.matches({ writing: state }))?.[1];
  return field === undefined ? null : textScreen(field, snapshot);
}

function textScreen(field: TextField, { context }: FormSnapshot): ScreenBody {
  const { texts, problem } = context;
  const typed = { typed: texts[field], max: TEXT_LIMITS[field].max, problem };
  return { screen: 'text-entry', progress: at('write'), field, ...typed };
}

function passwordScreenOf(secret: AnyMachineSnapshot | null): ScreenBody | null {
  const shown = secret && secretShown(secret);
  const progress = at('password');
  switch (shown?.is) {
    case undefined:
      return null;
    case 'counting':
      return { screen: 'working', progress, at: 'reading' };
    case 'still-there':
      return { screen: 'still-there', seconds: shown.seconds };
    case 'last-try':
      return { screen: 'password-last-try', progress };
    case 'typing': {
      const { length, result, tries } = shown;
      return { screen: 'password', progress, length, result, tries };
    }
  }
}

function appliedScreen({ context }: Registration): ScreenBody | null {
  const { municipality, applied, receipt } = context;
  if (applied === null || municipality === null) return null;
  const { number: application, expected } = applied;
  const told = { municipality: municipality.name, application, expected, receipt };
  return { screen: 'applied', progress: at('done'), ...told };
}

function workingScreen(snapshot: Registration): ScreenBody {
  if (snapshot.matches('registering')) {
    return { screen: 'working', progress: at('choose'), at: 'reading' };
  }
  if (snapshot.matches('applying')) {
    return { screen: 'working', progress: at('password'), at: 'applying' };
  }
  const isBeginning = snapshot.matches('listing');
  return { screen: 'working', progress: null, at: isBeginning ? 'offers' : 'settling' };
}

function rowChoices(places: Parameters<typeof rowsOf>[0]): Choice[] {
  return choicesOf(rowsOf(places), (row) => ({ label: { is: 'kana-row', row } }));
}

/** `turned`: rises beyond the last page, which the first follows. */
function choose(
  of: ChoiceOf,
  step: RegistrationStep,
  choices: readonly Choice[],
  turned: number,
): ScreenBody {
  const pages = pagesOf(choices);
  const page = ((turned - 1) % pages) + 1;
  return {
    screen: 'choose',
    progress: at(step),
    of,
    choices: pageOf(choices, page),
    page,
    pages,
  };
}

function stillThere(ms: number): ScreenBody {
  return { screen: 'still-there', seconds: ms / 1_000 };
}

function at(step: RegistrationStep): Progress {
  return { of: 'registration', step };
}
