/** What documents are called, as it stands on the papers. */

import type { DocumentType } from '../../src/domain/municipal-certificate.ts';

export const DOCUMENT_TITLES: Readonly<Record<DocumentType, string>> = {
  'family-register-full': '戸籍全部事項証明書',
  'family-register-individual': '戸籍個人事項証明書',
  'family-register-addresses': '戸籍の附票の写し',
  'civil-status': '身分証明書',
  'resident-record': '住民票の写し',
  'seal-registration': '印鑑登録証明書',
  taxation: '課税証明書',
};
