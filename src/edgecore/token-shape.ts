/** The shape of a bootstrap token, without its value. Plain data. */
export interface TokenShape {
  set: boolean
  /** Four in a complete token: the hash of the cloud's CA, and the three parts of a JWT (keadm gettoken). */
  parts: number
  /** SHA-256 of the cloud's CA certificate (DER), lower case; undefined when the first part is none. */
  caHash?: string
  /** When the JWT expires, milliseconds since 1970; undefined when it has no `exp`. */
  expiresAt?: number
}

/** The shape of a bootstrap token. Ignores surrounding blanks, as EdgeCore does. */
export function tokenShape(text: string): TokenShape {
  const token = text.trim()
  const parts = token === '' ? [] : token.split('.')
  const expires = expiryOf(parts[2] ?? '')
  const [hash = ''] = parts
  return {
    set: token !== '',
    parts: parts.filter(Boolean).length,
    ...(/^[0-9a-f]{64}$/i.test(hash) && { caHash: hash.toLowerCase() }),
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
