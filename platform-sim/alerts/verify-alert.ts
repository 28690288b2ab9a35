/** Whether a signed alert is genuine, by this platform's own root: for whoever was handed one as a file. */

import { createHash, X509Certificate } from 'node:crypto';
import * as pkijs from 'pkijs';
import { type RootStatement, SIGNED_KIND } from '../../src/link/protocol.ts';

export interface AlertVerdict {
  readonly genuine: boolean;
  /** Why it is not. */
  readonly why: string | null;
  /** Code of the municipality whose key signed it; null: nobody's. */
  readonly municipality: string | null;
  /** Of the document, hex. */
  readonly sha256: string | null;
  /** The CAP document. */
  readonly document: Buffer | null;
}

const ROLE = /^alert-(\d{6})$/u;

/** `cms`: DER. `ca`: DER of the platform's CA certificate. */
export async function verifyAlert(
  cms: Uint8Array,
  root: Pick<RootStatement, 'roles'>,
  ca: Buffer,
): Promise<AlertVerdict> {
  const signed = signedDataOf(cms);
  const content = signed?.encapContentInfo.eContent;
  if (signed === null || content === undefined) return refused('it is no CMS SignedData');
  if (signed.encapContentInfo.eContentType !== SIGNED_KIND.alert) {
    return refused('it is signed, but no alert');
  }
  const document = Buffer.from(content.valueBlock.valueHexView);
  const municipality = municipalityOf(signed, root, ca);
  if (municipality === null) return refused('the root names its key for no municipality');
  const isSigned = await signed.verify({ signer: 0, checkChain: false }).catch(() => false);
  if (isSigned !== true) return refused('the signature does not verify');
  const sha256 = createHash('sha256').update(document).digest('hex');
  return { genuine: true, why: null, municipality, sha256, document };
}

function signedDataOf(cms: Uint8Array): pkijs.SignedData | null {
  try {
    const { content } = pkijs.ContentInfo.fromBER(cms);
    return new pkijs.SignedData({ schema: content });
  } catch {
    return null;
  }
}

/** By certificate and root together, as a terminal asks for. */
function municipalityOf(
  { certificates = [] }: pkijs.SignedData,
  { roles }: Pick<RootStatement, 'roles'>,
  ca: Buffer,
): string | null {
  const [certificate] = certificates;
  if (!(certificate instanceof pkijs.Certificate) || certificates.length > 1) return null;
  const x509 = new X509Certificate(Buffer.from(certificate.toSchema().toBER()));
  if (!x509.verify(new X509Certificate(ca).publicKey)) return null;
  const spki = x509.publicKey.export({ type: 'spki', format: 'der' });
  const id = createHash('sha256').update(spki).digest('hex');
  const role = Object.entries(roles).find(([, ids]) => ids.includes(id))?.[0] ?? '';
  const code = ROLE.exec(role)?.[1];
  return code !== undefined && x509.subject.includes(`CN=${code}`) ? code : null;
}

function refused(why: string): AlertVerdict {
  return { genuine: false, why, municipality: null, sha256: null, document: null };
}
