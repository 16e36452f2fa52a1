import * as z from 'zod'

/** What a registry wants to see before it answers: a password, or a token and where it is to be had, and for what. */
export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service?: string; scope?: string }

/**
 * `WWW-Authenticate: Bearer realm="…",service="…",scope="…"` or `Basic realm="…"`; nothing when it asks for something
 * else. https://distribution.github.io/distribution/spec/auth/token/
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

/** The token in the answer of a token service, if there is one. The parser's own words would quote it. */
export function tokenIn(body: Buffer): string | undefined {
  try {
    const { token, access_token } = tokenSchema.parse(JSON.parse(body.toString()))
    return token ?? access_token
  } catch {
    return undefined
  }
}
