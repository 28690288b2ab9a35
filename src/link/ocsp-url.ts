/** Which addresses an OCSP responder may have; apart from the client, which the configuration does not need. */

/** The serial number of a card is for its issuer alone: encrypted, or on this machine. */
export function isOcspUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== '' || password !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
}
