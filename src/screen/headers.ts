/** What the browser may do with what it is served: its own scripts, styles, pictures and sounds, and nothing else. */

/** No page of another origin can embed, read, open or script it, but for the one that `embed` names. */
export function securityHeaders(origin: string, embed: string | null): Record<string, string> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self'",
    `connect-src 'self' ${origin.replace(/^http/u, 'ws')}`,
    `frame-ancestors ${embed ?? "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy':
      'autoplay=(self), camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), payment=(), serial=(), usb=()',
    'Cache-Control': 'no-store',
  };
}

/** A file whose name carries the hash of its content never changes. */
export const CACHED_FOR_GOOD = 'public, max-age=31536000, immutable';
