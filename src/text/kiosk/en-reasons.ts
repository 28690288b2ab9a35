/** English: what a kiosk says of a reason. */

import type { ReasonText } from '../reason-text.ts';
import type { KioskReasons } from './words.ts';

const UNHARMED = 'Nothing is wrong with it';
const NOT_BROKEN = 'It is not broken';

function because(title: string, why: string, next: string, card = UNHARMED): ReasonText {
  return { title, card, why, next: () => next };
}

export const KIOSK_REASONS: KioskReasons = {
  'outside-hours': because(
    'Closed at this hour',
    'This certificate is not issued at this hour',
    'Please come back during its hours',
  ),
  maintenance: because(
    'Under maintenance',
    'The issuing system is being maintained',
    'Please come back later',
  ),
  'year-end': because(
    'Closed for the New Year',
    'No certificates are issued over the New Year',
    'Please come back after the holidays',
  ),
  'municipality-not-taking-part': because(
    'Municipality not included',
    'This municipality does not issue certificates here',
    'Please ask at its office',
  ),
  'registration-missing': because(
    'Not registered yet',
    'Your registered domicile needs a registration first',
    'Please choose “Register once” on the first screen',
  ),
  'registration-pending': because(
    'Registration in progress',
    'The municipality is checking your application',
    'Please come back when it is done',
  ),
  'registration-refused': because(
    'Registration not accepted',
    'The municipality did not accept your application',
    'Please ask at its office',
  ),
  'under-fifteen': because(
    'Not available here',
    'Certificates are not issued here to people under 15',
    'Please go to your municipal office',
  ),
  'moving-out': because(
    'Not available here',
    'A notice of moving out has been filed',
    'Please go to your municipal office',
  ),
  'counter-only': because(
    'Not available here',
    'This certificate is issued at the counter only',
    'Please go to your municipal office',
  ),
  'holder-deceased': because(
    'Not available here',
    'This record has to be checked at the counter',
    'Please ask at your municipal office',
  ),
  'filing-in-progress': because(
    'A filing is being handled',
    'The office is handling a filing in this register',
    'Please come back when it is done',
  ),
  'card-too-new': because(
    'Usable from tomorrow',
    'A card works here from the day after its issue',
    'Please come back tomorrow',
  ),
  'character-not-covered': because(
    'A character is missing',
    'The record has a character that cannot be printed',
    'Please go to your municipal office',
  ),
  'name-too-long': because(
    'It does not fit the form',
    'A name in the record is longer than its space',
    'Please go to your municipal office',
  ),
  'not-recorded-there': because(
    'No record found',
    'This municipality has no record for this card',
    'Please check the municipality that you chose',
  ),
  'certificate-not-valid': because(
    'Certificate not valid',
    'The certificate in your card has expired or is revoked',
    'Please go to your municipal office',
    NOT_BROKEN,
  ),
  'already-registered': because(
    'Already registered',
    'You are registered with this municipality',
    'Please choose “Family register certificate”',
  ),
  'application-refused': because(
    'Application not accepted',
    'The application could not be verified',
    'Please try again from the start',
  ),
  'centre-stopped': because(
    'Out of service',
    'The certificate centre has stopped issuing',
    'Please come back later',
  ),
  'centre-silent': because(
    'No answer',
    'The centre did not answer within 30 seconds',
    'Please wait a little and try again',
  ),
  'document-differs': because(
    'The issue was stopped',
    'What arrived is not what was asked for',
    'Please call the staff',
  ),
  'document-unusable': because(
    'It cannot be printed',
    'The document that arrived cannot be used',
    'Please call the staff',
  ),
  'kiosk-stopped': because(
    'Out of service',
    'This kiosk was stopped until our staff have checked it',
    'Please call the staff',
  ),
  'payment-declined': because(
    'Payment not accepted',
    'The payment unit did not accept it',
    'Please try another way to pay',
  ),
  'payment-lost': because(
    'Payment not confirmed',
    'The payment unit does not answer',
    'Please call the staff',
  ),
  'payment-timeout': because(
    'Time to pay has passed',
    'No payment was made in time',
    'Please try again from the start',
  ),
  'page-printer-lost': because(
    'Printing is not possible',
    'The printer is not connected',
    'Please call the staff',
  ),
  'page-paper-out': because(
    'Out of paper',
    'The printer has no paper left',
    'Please call the staff',
  ),
  'page-jam': because('Paper jam', 'A sheet is stuck in the printer', 'Please call the staff'),
  'printing-unknown': because(
    'Printing not confirmed',
    'It is not known whether every sheet came out',
    'Please call the staff',
  ),
  'order-cancelled': because(
    'Cancelled',
    'The order was withdrawn',
    'Please choose again if you need anything',
  ),
  'card-left-behind': because(
    'A card was left here',
    'A card is still on the reader',
    'Please leave it there and call the staff',
  ),
  'no-signing-certificate': because(
    'No signing certificate',
    'The card has no certificate for digital signatures',
    'Please ask at your municipal office',
  ),
  'password-blocked': because(
    'The password is blocked',
    'Too many wrong passwords were entered in a row',
    'Please take it to your municipal office',
    NOT_BROKEN,
  ),
  'topology-differs': because(
    'Out of service',
    'This kiosk and the centre are set up differently',
    'Please call the staff',
  ),
};
