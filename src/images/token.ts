import * as z from 'zod'
import { get, readAll, type Timeouts } from './http.ts'
import { retryAfter, Transient } from './retry.ts'

/** What a registry wants to see before it answers: where a token is to be had, and for what. */
export interface Challenge {
  realm: string
  service?: string
  scope?: string
}

/**
 * `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`, or nothing when it asks for something else.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export function parseChallenge(header: string | null): Challenge | undefined {
  const [, parameters] = /(?:^|,\s*)Bearer\s+(.*)$/i.exec(header ?? '') ?? []
  if (parameters === undefined) return undefined
  const values = new Map<string, string>()
  for (const [, name = '', quoted, plain] of parameters.matchAll(
    /([a-z_]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi,
  )) {
    values.set(name.toLowerCase(), quoted ?? plain ?? '')
  }
  const [realm, service, scope] = [values.get('realm'), values.get('service'), values.get('scope')]
  if (realm === undefined) return undefined
  return { realm, ...(service !== undefined && { service }), ...(scope !== undefined && { scope }) }
}

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/** An anonymous pull token. */
export async function fetchToken(
  challenge: Challenge,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<string> {
  const url = new URL(challenge.realm)
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service)
  if (challenge.scope !== undefined) url.searchParams.set('scope', challenge.scope)
  const answer = await get(url, new Headers({ accept: 'application/json' }), timeouts, signal)
  const body = await readAll(answer, 1024 * 1024)
  if (answer.status === 429 || answer.status >= 500) {
    throw new Transient(`${url.host} answers HTTP ${answer.status} when asked for a token`, {
      wait: retryAfter(answer.headers.get('retry-after')),
    })
  }
  if (answer.status !== 200) throw new Error(`${url.host} gives no anonymous token (HTTP ${answer.status})`)
  const { token, access_token } = tokenSchema.parse(JSON.parse(body.toString()))
  const either = token ?? access_token
  if (either === undefined) throw new Error(`${url.host} answers without a token`)
  return either
}
