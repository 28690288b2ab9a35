/** In what something that was issued can differ from what was asked for: fields by their names, never their values. */

export const DIFFERENCES = [
  'request',
  'terminal',
  'subject',
  'municipality',
  'document',
  'option',
  'copies',
  'fee',
  'pages',
  'sha256',
  'code',
  'code-request',
  'code-subject',
  'code-municipality',
  'code-document',
  'code-page',
  'code-issued-at',
  /** It is none that a municipality signed. */
  'manifest',
  /** The document does not open with the key that came for it. */
  'seal',
  /** The sheet that is about to be printed is not the one that was looked at. */
  'sheet',
] as const;
export type Difference = (typeof DIFFERENCES)[number];
