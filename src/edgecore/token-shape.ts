/** What a bootstrap token looks like, without its value. Plain data. */
export interface TokenShape {
  set: boolean
  /** Four in a good one: the hash of the cloud's CA, and the three of a JWT (keadm gettoken). */
  parts: number
  /** When the JWT ends, milliseconds since 1970; undefined when it does not say. */
  expiresAt?: number
}

/** The shape of a bootstrap token. EdgeCore takes the text without the blanks around it. */
export function tokenShape(text: string): TokenShape {
  const token = text.trim()
  const parts = token === '' ? [] : token.split('.')
  const expires = expiryOf(parts[2] ?? '')
  return {
    set: token !== '',
    parts: parts.filter(Boolean).length,
    ...(expires !== undefined && { expiresAt: expires * 1000 }),
  }
}

/** The claim `exp` of a JWT (RFC 7519, section 4.1.4), seconds since 1970. */
function expiryOf(payload: string): number | undefined {
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown }
    return typeof exp === 'number' ? exp : undefined
  } catch {
    return undefined
  }
}
