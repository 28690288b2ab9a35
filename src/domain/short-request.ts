/** How a request is named to people. */

/** The first eight digits of a request id in two groups: what a person reads to staff. */
export function shortRequest(request: string): string {
  const digits = request.replaceAll('-', '').slice(0, 8).toUpperCase();
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}
