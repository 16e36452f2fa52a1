import { get, type Headers, postForm, readAll, type Timeouts } from '../../http/http.ts'
import { isTransientStatus, retryAfter, Transient } from '../../http/retry.ts'
import { type Challenge, tokenIn } from './challenge.ts'
import type { Credential } from './credentials.ts'

interface AuthorizationRequest {
  challenge: Challenge
  credential: Credential | undefined
  /** The registry that sent the challenge. */
  registry: URL
}

/**
 * The `Authorization` header that answers a challenge; undefined when it needs credentials and there are none. Throws
 * `Transient` or Error.
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
export async function authorizationFor(
  { challenge, credential, registry }: AuthorizationRequest,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (credential?.kind === 'registry token') return `Bearer ${credential.token}`
  if (challenge.scheme === 'basic') return credential?.kind === 'password' ? basic(credential) : undefined
  const realm = new URL(challenge.realm)
  if (credential !== undefined && registry.protocol === 'https:' && realm.protocol !== 'https:') {
    throw new Error(`${registry.host} requests credentials over unencrypted http (${realm.host})`)
  }
  const parameters = new URLSearchParams({
    ...(challenge.service !== undefined && { service: challenge.service }),
    ...(challenge.scope !== undefined && { scope: challenge.scope }),
  })
  const response =
    credential?.kind === 'identity token'
      ? await postForm(realm, refresh(credential.token, parameters), timeouts, signal)
      : await get(withParameters(realm, parameters), tokenHeaders(credential), timeouts, signal)
  const body = await readAll(response, 1024 * 1024)
  if (isTransientStatus(response.status)) {
    throw new Transient(`token service ${realm.host} returned HTTP ${response.status}`, {
      waitMs: retryAfter(response.headers['retry-after']),
    })
  }
  if (response.status !== 200) {
    const what = credential === undefined ? 'an anonymous token' : 'the credentials'
    throw new Error(`token service ${realm.host} refused ${what} (HTTP ${response.status})`)
  }
  const token = tokenIn(body)
  if (token === undefined) throw new Error(`token service ${realm.host} returned no token`)
  return `Bearer ${token}`
}

const basic = ({ username, password }: Extract<Credential, { kind: 'password' }>): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

const tokenHeaders = (credential: Credential | undefined): Headers => ({
  accept: 'application/json',
  ...(credential?.kind === 'password' && { authorization: basic(credential) }),
})

function withParameters(realm: URL, parameters: URLSearchParams): URL {
  const url = new URL(realm)
  for (const [name, value] of parameters) url.searchParams.set(name, value)
  return url
}

function refresh(token: string, parameters: URLSearchParams): URLSearchParams {
  const form = new URLSearchParams(parameters)
  form.set('grant_type', 'refresh_token')
  form.set('client_id', 'edgekit')
  form.set('refresh_token', token)
  return form
}
