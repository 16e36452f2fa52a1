import { get, type Headers, postForm, readAll, type Timeouts } from '../../http/http.ts'
import { retryAfter, Transient } from '../../http/retry.ts'
import { type Challenge, tokenIn } from './challenge.ts'
import type { Secret } from './credentials.ts'

interface Wanted {
  challenge: Challenge
  secret: Secret | undefined
  /** The registry that sent the challenge. */
  registry: URL
}

/**
 * The `Authorization` header that answers a challenge; nothing when only credentials could, and there are none.
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
export async function authorizationFor(
  { challenge, secret, registry }: Wanted,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (secret?.kind === 'registry token') return `Bearer ${secret.token}`
  if (challenge.scheme === 'basic') return secret?.kind === 'password' ? basic(secret) : undefined
  const realm = new URL(challenge.realm)
  if (secret !== undefined && registry.protocol === 'https:' && realm.protocol !== 'https:') {
    throw new Error(`${registry.host} wants the credentials sent to ${realm.host} without encryption`)
  }
  const parameters = new URLSearchParams({
    ...(challenge.service !== undefined && { service: challenge.service }),
    ...(challenge.scope !== undefined && { scope: challenge.scope }),
  })
  const answer =
    secret?.kind === 'identity token'
      ? await postForm(realm, refresh(secret.token, parameters), timeouts, signal)
      : await get(withParameters(realm, parameters), tokenHeaders(secret), timeouts, signal)
  const body = await readAll(answer, 1024 * 1024)
  if (answer.status === 429 || answer.status >= 500) {
    throw new Transient(`${realm.host} answers HTTP ${answer.status} when asked for a token`, {
      wait: retryAfter(answer.headers['retry-after']),
    })
  }
  if (answer.status !== 200) {
    const what = secret === undefined ? 'gives no anonymous token' : 'refuses the credentials'
    throw new Error(`${realm.host} ${what} (HTTP ${answer.status})`)
  }
  const token = tokenIn(body)
  if (token === undefined) throw new Error(`${realm.host} answers without a token`)
  return `Bearer ${token}`
}

const basic = ({ username, password }: Extract<Secret, { kind: 'password' }>): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`

const tokenHeaders = (secret: Secret | undefined): Headers => ({
  accept: 'application/json',
  ...(secret?.kind === 'password' && { authorization: basic(secret) }),
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
