// What every answer carries, whoever writes it: Fastify in a hook, Fastify before any hook, or we by hand on the socket.
// One table instead of a plugin, because plugins reach only the first of the three.

/** Answers are data: no browser may run, frame, sniff or guess anything about them. The page at /docs has a policy of its own. */
const protection = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** @param requestId always ours: an id that callers choose could name a person, or pass for another request in the audit trail. */
export function standingHeaders(requestId: string): Record<string, string> {
  return { ...protection, 'x-request-id': requestId };
}
