/** The television in English. */

import type { TelevisionReasons, TelevisionTexts } from './words.ts';

const UNHARMED = 'Nothing is wrong with it';

export const television: TelevisionTexts = {
  keys: {
    arrows: 'Choose',
    ok: 'Select',
    language: 'Language',
    back: 'Back',
    goOn: 'Go on',
    close: 'Close',
    colours: { blue: 'Blue', green: 'Green', red: 'Red', yellow: 'Yellow' },
  },
  level: ({ level }) => `Alert level ${level}`,
  home: {
    people: 'People',
    link: 'Register',
    sample: 'Alert sample',
    guests: 'Hide names',
    guestsHere: 'Show names',
    nobody: {
      title: 'This television calls you by name',
      body: 'Put your card on the remote control.',
    },
    calls: {
      title: 'Who is called here',
      body: 'When you have to leave, this television calls you by name.',
    },
    masked: 'Guests are here. Names are hidden.',
    offline: 'No connection now. Alerts are shown as soon as they arrive.',
    count: ({ count }) => (count === 1 ? '1 person' : `${count} people`),
  },
  somebody: 'A registered person',
  people: {
    title: 'Who is called',
    body: 'To end a registration, choose the person and press OK.',
    none: 'Nobody has registered yet.',
  },
  consent: {
    title: 'Register at this television?',
    body: 'This is what it does.',
    calls: ({ municipality }) => `When ${municipality} tells you to leave, you are called by name`,
    heard: 'Your municipality hears what you answer, and that you reached a shelter',
    shown:
      'Your name and whether you are safe are shown here, and where you are only if you agree to that, too',
    ends: 'You can end it at any time, with your card or the remote control',
    pin: 'You need your PIN of four digits.',
    go: 'Register',
  },
  placeCard: {
    title: 'Put your card on the remote control',
    body: 'Put your My Number Card on the round mark of the remote control.',
    again: 'Put it on the remote control again',
    note: 'Leave it there until the end',
  },
  stillThere: {
    title: 'Go on registering?',
    body: ({ seconds }) => `The alert comes back in ${seconds} seconds.`,
    stay: 'Go on',
    alert: 'Back to the alert',
  },
  linked: {
    linked: {
      title: 'You are registered',
      body: 'When you have to leave, this television calls you by name.',
    },
    unlinked: {
      title: 'Registration ended',
      body: 'The name is gone from this television.',
    },
    where: {
      title: 'Your shelter will be shown',
      body: 'When you reach a shelter, its name is shown here.',
    },
    'where-ended': {
      title: 'Your shelter is not shown',
      body: 'The name of the shelter is not shown here any more.',
    },
  },
  unlink: {
    title: 'This registration',
    body: 'This television will not call this person any more. No network is needed.',
    go: 'End it',
    keep: 'Keep it',
    where: 'Show the shelter',
    whereAgain: 'Show it longer',
    whereEnd: 'Hide the shelter',
    whereUntil: ({ day }) => `The name of the shelter is shown until ${day}.`,
  },
  where: {
    title: 'Show the name of your shelter?',
    shown: 'When you reach a shelter, its name is shown on this television',
    everybody: 'Everyone who looks at this television can see it',
    until: ({ day }) => `It ends on ${day}. To go on, put your card here again`,
    ends: 'You can end it at any time, with your card or the remote control',
    mayNot: 'By the rules of your municipality it may not be shown',
    go: 'I agree',
  },
  alert: {
    word: 'Alert level',
    drill: 'Drill',
    names: {
      2: 'Advisory',
      3: 'Evacuation of the Elderly',
      4: 'Evacuation Order',
      5: 'Emergency Safety Measures',
    },
    call: {
      2: 'Be prepared',
      3: 'Start to leave',
      4: 'Leave now',
      5: 'Save your life',
    },
    to: ({ names }) => `${names},`,
    besides: {
      2: 'Check the way out and your bag.',
      3: 'Older people and those who need more time leave now.',
      4: 'Everybody leaves the dangerous places.',
      5: 'It is too dangerous outside. Move at once to a higher room, away from slopes.',
    },
    toShelter: ({ shelter }) => `To ${shelter}`,
    minutes: ({ minutes }) => `${minutes} min on foot`,
    or: ({ shelters }) => `or ${shelters}`,
    issued: ({ time }) => `Issued ${time}`,
    changed: ({ time }) => `Updated ${time}`,
    timeUnknown: 'Time not confirmed',
    reminders: {
      fire: 'Turn off the gas',
      breaker: 'Breaker off',
      medicine: 'Medicine',
      bag: 'Your bag',
    },
    answers: { leaving: 'Leaving', safe: 'I am safe', help: 'I need help' },
    movingUp: 'Moving higher',
    states: {
      unknown: 'No answer yet',
      leaving: 'Leaving',
      safe: 'Safe',
      help: 'Waiting for help',
    },
    safeAt: ({ shelter }) => `Safe at ${shelter}`,
    peopleLabel: 'Who answers',
    answersLabel: 'Answer',
    undo: 'Undo',
    answered: ({ name, answer }) => `${name}: ${answer}`,
    lost: 'The answer was not kept. Press once more.',
    more: ({ count }) => `${count} more`,
    seen: 'I have seen it',
    map: { label: 'Map', here: 'You are here', closed: 'Closed', danger: 'Danger' },
    safe: {
      title: 'Everybody is safe',
      body: 'We are glad. Wait for the municipality before you go back.',
    },
    over: {
      name: 'All clear',
      title: 'The evacuation is over',
      body: 'When you go back, mind your step and what is damaged.',
      go: 'I have read it',
    },
    sample: {
      name: 'Sample',
      title: 'Sample of an alert',
      body: 'This is a sample. You do not have to leave.',
    },
  },
};

export const TELEVISION_REASONS: TelevisionReasons = {
  'not-in-register': {
    title: 'Not in the register here',
    card: UNHARMED,
    why: 'Its register does not have the holder of this card',
    next: () => 'Please ask at your municipal office',
  },
  'link-not-kept': {
    title: 'Not possible now',
    card: UNHARMED,
    why: 'This television could not keep your name',
    next: () => 'Please try again later',
  },
  'television-full': {
    title: 'The television is full',
    card: UNHARMED,
    why: 'Six people have registered at this television already',
    next: () => 'Please end a registration first',
  },
};
