import { ContentMismatch } from '../../http/content-mismatch.ts'
import {
  defaultTimeouts,
  get,
  type Headers,
  type HttpResponse,
  readAll,
  type Timeouts,
} from '../../http/http.ts'
import { resumed } from '../../http/resume.ts'
import { defaultRetries, type RetryOptions, retry } from '../../http/retry.ts'
import { limit } from '../../lib/limit.ts'
import type { Descriptor } from '../descriptor.ts'
import { digestOf } from '../digest.ts'
import { indexTypes, manifestTypes, maxManifestSize } from '../media-types.ts'
import type { ImageReference } from '../reference.ts'
import type { ServedManifest } from '../sources/content-source.ts'
import { authorizationFor } from './authorization.ts'
import { parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { type Mirrors, registryUrl } from './mirrors.ts'
import { requireOk, toPullError } from './refusal.ts'

export interface RegistryOptions {
  mirrors?: Mirrors
  /** Without them, only public images can be pulled. */
  credentials?: Credentials
  /** Concurrent requests, over all images. */
  concurrency?: number
  timeouts?: Timeouts
  retries?: RetryOptions
}

/**
 * Pulls from any registry. Use one per run: it holds the tokens and limits concurrent requests. Throws EdgekitError.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export class Registry {
  readonly #mirrors: Mirrors
  readonly #credentials: Credentials | undefined
  readonly #timeouts: Timeouts
  readonly #retries: RetryOptions
  readonly #limited: ReturnType<typeof limit>
  /** Last `Authorization` header by repository. */
  readonly #authorizations = new Map<string, string>()
  /** Base URLs that credentials were sent to. */
  readonly #loggedIn = new Set<string>()

  constructor(options: RegistryOptions = {}) {
    this.#mirrors = options.mirrors ?? new Map()
    this.#credentials = options.credentials
    this.#timeouts = options.timeouts ?? defaultTimeouts
    this.#retries = options.retries ?? defaultRetries
    this.#limited = limit(options.concurrency ?? 6)
  }

  /** The manifest or index of a tag or digest of `image`. The digest is computed, never taken from the server. */
  manifest(image: ImageReference, tagOrDigest: string, signal: AbortSignal): Promise<ServedManifest> {
    const headers = { accept: [...indexTypes, ...manifestTypes].join(', ') }
    const attempt = async (): Promise<ServedManifest> => {
      const response = await this.#get(image, `manifests/${tagOrDigest}`, headers, signal)
      const bytes = await readAll(response, maxManifestSize)
      const digest = digestOf(bytes)
      const promised = [tagOrDigest, String(response.headers['docker-content-digest'] ?? '')]
      const other = promised.find(text => text.startsWith('sha256:') && text !== digest)
      if (other !== undefined) {
        throw new ContentMismatch(`expected a manifest with digest ${other}, received ${digest}`)
      }
      const mediaType = (response.headers['content-type'] ?? '').split(';')[0] ?? ''
      return { mediaType: mediaType.trim(), digest, size: bytes.length, bytes }
    }
    return this.#withPullError(image, signal, () =>
      retry(() => this.#limited(attempt), this.#retries, signal),
    )
  }

  /** Stream a blob to `receive`, which verifies it; resumes on a new connection after a cut. */
  blob(
    image: ImageReference,
    descriptor: Descriptor,
    receive: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const open = (headers: Headers): Promise<HttpResponse> =>
      this.#get(image, `blobs/${descriptor.digest}`, headers, signal)
    return this.#withPullError(image, signal, () =>
      this.#limited(() => receive(resumed(descriptor, open, this.#retries, signal))),
    )
  }

  async #withPullError<T>(image: ImageReference, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      const address = registryUrl(image.registry, this.#mirrors)
      const place = this.#loggedIn.has(address) ? this.#credentials?.place : undefined
      throw toPullError({ image, address, place }, error)
    }
  }

  async #get(
    image: ImageReference,
    path: string,
    headers: Headers,
    signal: AbortSignal,
  ): Promise<HttpResponse> {
    const base = registryUrl(image.registry, this.#mirrors)
    const url = new URL(`${base}/v2/${image.repository}/${path}`)
    const key = `${base}/${image.repository}`
    const known = this.#authorizations.get(key)
    const first = await get(url, withAuthorization(headers, known), this.#timeouts, signal)
    if (first.status !== 401) return await requireOk(first)
    const fresh = await this.#authorize(image, base, first, signal)
    if (fresh === undefined) return await requireOk(first)
    first.discard()
    this.#authorizations.set(key, fresh)
    return await requireOk(await get(url, withAuthorization(headers, fresh), this.#timeouts, signal))
  }

  /** HttpResponse a challenge. Credentials are looked up by the host contacted: a mirror never gets those of its registry. */
  async #authorize(
    image: ImageReference,
    base: string,
    { headers }: HttpResponse,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const challenge = parseChallenge(headers['www-authenticate'])
    if (challenge === undefined) return undefined
    const registry = new URL(base)
    const credential = await this.#credentials?.find(registry.host)
    if (credential !== undefined) this.#loggedIn.add(base)
    const scoped =
      challenge.scheme === 'basic' || challenge.scope !== undefined
        ? challenge
        : { ...challenge, scope: `repository:${image.repository}:pull` }
    return await authorizationFor({ challenge: scoped, credential, registry }, this.#timeouts, signal)
  }
}

const withAuthorization = (headers: Headers, authorization: string | undefined): Headers =>
  authorization === undefined ? headers : { ...headers, authorization }
