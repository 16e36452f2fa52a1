import { get, type Headers, postForm, readAll, type Timeouts } from '../../http/http.ts'
import { isTransientStatus, retryAfter, Transient } from '../../http/retry.ts'
import { type Challenge, tokenIn } from './challenge.ts'
import type { Credential, Credentials } from './credentials.ts'
import { realmUrl, requireTrustedRealm } from './realm.ts'
import { type Login, refusalOf } from './refusal.ts'

interface AuthorizationRequest {
  challenge: Challenge
  /** Credentials are looked up by the host contacted: a mirror never gets those of its registry. */
  credentials: Credentials | undefined
  /** The registry that sent the challenge. */
  registry: URL
}

/** The `Authorization` header, and what it stands for. */
export interface Authorization {
  header: string
  login: Login
}

/**
 * The answer to a challenge; undefined when it needs credentials and there are none. Throws Refusal, also inside a
 * Transient, and EdgekitError.
 * https://distribution.github.io/distribution/spec/auth/token/ and …/oauth/
 */
export async function authorizationFor(
  { challenge, credentials, registry }: AuthorizationRequest,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<Authorization | undefined> {
  const credential = await credentials?.find(registry.host)
  if (credential?.kind === 'registry token')
    return { header: `Bearer ${credential.token}`, login: 'credentials' }
  if (challenge.scheme === 'basic')
    return credential?.kind === 'password' ? { header: basic(credential), login: 'credentials' } : undefined
  const realm = realmUrl(challenge.realm, registry)
  const trusted = await credentialForRealm(realm, registry, credential, credentials)
  const token = await requestToken({ challenge, realm, registry, credential: trusted }, timeouts, signal)
  return { header: `Bearer ${token}`, login: trusted === undefined ? 'nothing' : 'token' }
}

/** The credentials for the registry, or those that are stored for a token service in another domain. */
async function credentialForRealm(
  realm: URL,
  registry: URL,
  credential: Credential | undefined,
  credentials: Credentials | undefined,
): Promise<Credential | undefined> {
  if (credential === undefined || credentials === undefined) return undefined
  try {
    requireTrustedRealm(realm, registry, credentials.place)
    return credential
  } catch (error) {
    const own = realm.protocol === 'https:' ? await credentials.find(realm.host) : undefined
    if (own === undefined) throw error
    return own
  }
}

interface TokenRequest {
  challenge: Extract<Challenge, { scheme: 'bearer' }>
  realm: URL
  registry: URL
  credential: Credential | undefined
}

async function requestToken(
  { challenge, realm, registry, credential }: TokenRequest,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<string> {
  const parameters = new URLSearchParams({
    ...(challenge.service !== undefined && { service: challenge.service }),
    ...(challenge.scope !== undefined && { scope: challenge.scope }),
  })
  const response =
    credential?.kind === 'identity token'
      ? await postForm(realm, refresh(credential.token, parameters), timeouts, signal)
      : await get(withParameters(realm, parameters), tokenHeaders(credential), timeouts, signal)
  const body = await readAll(response, 1024 * 1024)
  const token = response.status === 200 ? tokenIn(body) : undefined
  if (token !== undefined) return token
  const login = credential === undefined ? 'nothing' : 'credentials'
  const refusal = refusalOf(response, { by: 'token service', url: realm, registry, login }, body)
  if (!isTransientStatus(response.status)) throw refusal
  throw new Transient(refusal.message, {
    waitMs: retryAfter(response.headers['retry-after']),
    cause: refusal,
  })
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
