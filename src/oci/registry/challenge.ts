import * as z from 'zod'
import { EdgekitError } from '../../lib/errors.ts'

/** The authentication a registry requires: a password, or a token from the service at `realm`, unchecked, for `scope`. */
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
    // The first one counts: a challenge of another scheme can follow, with a realm of its own.
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), quoted ?? plain ?? '')
  }
  const [realm, service, scope] = [values.get('realm'), values.get('service'), values.get('scope')]
  return {
    scheme: 'bearer',
    realm: realm ?? '',
    ...(service !== undefined && { service }),
    ...(scope !== undefined && { scope }),
  }
}

/** Like `parseChallenge`; throws EdgekitError where there is no challenge that edgekit can answer. */
export function requireChallenge(header: string | undefined, { host }: URL): Challenge {
  const challenge = parseChallenge(header)
  if (challenge !== undefined) return challenge
  if (header === undefined) {
    throw new EdgekitError(`${host} requires a login, but its HTTP 401 lacks the header WWW-Authenticate`, {
      code: 'image-pull-failed',
      remedy: `Let the reverse proxy of ${host} pass on the header WWW-Authenticate.`,
    })
  }
  const scheme = header.trim().split(/[\s,]/)[0]?.slice(0, 30)
  throw new EdgekitError(`${host} requires a login of the type ${scheme}, which edgekit does not support`, {
    code: 'image-pull-failed',
    remedy: `Enable basic or token authentication on ${host}, or use another registry.`,
  })
}

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/** The token in a response of the token service, if any. Parser errors are dropped: they would quote it. */
export function tokenIn(body: Buffer): string | undefined {
  try {
    const { token, access_token } = tokenSchema.parse(JSON.parse(body.toString()))
    return token || access_token || undefined
  } catch {
    return undefined
  }
}
