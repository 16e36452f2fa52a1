import * as z from 'zod'

/** The authentication a registry requires: a password, or a token from the service at `realm` for `scope`. */
export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service?: string; scope?: string }

/**
 * Parse `WWW-Authenticate: Bearer realm="…",service="…",scope="…"` or `Basic realm="…"`; undefined for other schemes.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, parameters] = /(?:^|,\s*)Bearer\s+(.*)$/i.exec(header ?? '') ?? []
  if (parameters === undefined)
    return /(?:^|,\s*)Basic\b/i.test(header ?? '') ? { scheme: 'basic' } : undefined
  const values = new Map<string, string>()
  for (const [, name = '', quoted, plain] of parameters.matchAll(
    /([a-z_]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi,
  )) {
    values.set(name.toLowerCase(), quoted ?? plain ?? '')
  }
  const [realm, service, scope] = [values.get('realm'), values.get('service'), values.get('scope')]
  if (realm === undefined || !URL.canParse(realm)) return undefined
  return {
    scheme: 'bearer',
    realm,
    ...(service !== undefined && { service }),
    ...(scope !== undefined && { scope }),
  }
}

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/** The token in a response of the token service, if any. Parser errors are dropped: they would quote it. */
export function tokenIn(body: Buffer): string | undefined {
  try {
    const { token, access_token } = tokenSchema.parse(JSON.parse(body.toString()))
    return token ?? access_token
  } catch {
    return undefined
  }
}
