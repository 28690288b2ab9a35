/** What the effects of the machines of an order say that their guards look at, for the walk through all machines. */

import { CORRECT } from '../../src/domain/kiosk-screen.ts';
import type { OrderOffer } from '../../state-machines/certificate-order-setup.ts';

const OFFER: OrderOffer = {
  document: 'resident-record',
  municipality: { code: '990029', name: '汐見市' },
  fee: 300,
  options: ['self', 'household'],
  copiesMax: 5,
  service: { open: true, until: '2026-11-20T14:00:00Z' },
};

/** The errand, the documents by their places, an option, how it is paid. */
export const ORDER_CHOICES = ['registration', '0', '1', 'self', 'cash', CORRECT] as const;

export const ORDER_PAYLOADS: Readonly<Record<string, readonly object[]>> = {
  'xstate.done.actor.askOffers': [
    {
      next: 'offers',
      offers: [OFFER, { ...OFFER, service: { open: false, reason: 'year-end', from: null } }],
    },
    { next: 'refuse', reason: 'registration-missing' },
    { next: 'hold-again', reason: 'card-removed' },
  ].map((output) => ({ output })),
  'xstate.done.actor.secret': ['proved', 'blocked', 'left', 'card-gone', 'defect'].map((end) => ({
    output: { end, reason: null, error: null },
  })),
  'xstate.done.actor.handover': ['issued', 'not-issued', 'defect'].map((end) => ({
    output: { end, reason: 'page-jam', error: null },
  })),
};
