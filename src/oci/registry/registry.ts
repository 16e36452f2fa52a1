import { ContentMismatch } from '../../http/content-mismatch.ts'
import { type Answer, get, type Headers, readAll, type Timeouts } from '../../http/http.ts'
import { resumed } from '../../http/resume.ts'
import { type RetryOptions, retry } from '../../http/retry.ts'
import { limit } from '../../lib/limit.ts'
import type { Descriptor } from '../descriptor.ts'
import { digestOf } from '../digest.ts'
import { indexTypes, manifestTypes } from '../media-types.ts'
import type { ImageReference } from '../reference.ts'
import type { ServedManifest } from '../sources/content-source.ts'
import { authorizationFor } from './authorization.ts'
import { parseChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { type Mirrors, registryUrl } from './mirrors.ts'
import { requireOk, toPullError } from './refusal.ts'

/** The largest manifest registries have to take; larger ones are not read. */
const largestManifest = 4 * 1024 * 1024

export interface RegistryOptions {
  mirrors?: Mirrors
  /** Without them only what is public can be had. */
  credentials?: Credentials
  /** Requests at once, over all images. */
  concurrency?: number
  timeouts?: Timeouts
  retries?: RetryOptions
}

/**
 * Pulls from any registry. One for a whole run: it holds the tokens and the limit on concurrent requests.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export class Registry {
  readonly #mirrors: Mirrors
  readonly #credentials: Credentials | undefined
  readonly #timeouts: Timeouts
  readonly #retries: RetryOptions
  readonly #limited: ReturnType<typeof limit>
  /** `Authorization` headers that were good, by repository. */
  readonly #authorizations = new Map<string, string>()
  /** Base URLs that have got credentials. */
  readonly #loggedIn = new Set<string>()

  constructor(options: RegistryOptions = {}) {
    this.#mirrors = options.mirrors ?? new Map()
    this.#credentials = options.credentials
    this.#timeouts = options.timeouts ?? { headers: 30_000, stall: 60_000 }
    this.#retries = options.retries ?? { tries: 3, delay: 500, longest: 60_000 }
    this.#limited = limit(options.concurrency ?? 6)
  }

  /** What a tag or digest of `image` points at. The digest is computed from the bytes; nothing the server says is believed. */
  manifest(image: ImageReference, tagOrDigest: string, signal: AbortSignal): Promise<ServedManifest> {
    const headers = { accept: [...indexTypes, ...manifestTypes].join(', ') }
    const attempt = async (): Promise<ServedManifest> => {
      const answer = await this.#get(image, `manifests/${tagOrDigest}`, headers, signal)
      const bytes = await readAll(answer, largestManifest)
      const digest = digestOf(bytes)
      const promised = [tagOrDigest, String(answer.headers['docker-content-digest'] ?? '')]
      const other = promised.find(text => text.startsWith('sha256:') && text !== digest)
      if (other !== undefined) {
        throw new ContentMismatch(`expected a manifest with digest ${other}, received ${digest}`)
      }
      const mediaType = (answer.headers['content-type'] ?? '').split(';')[0] ?? ''
      return { mediaType: mediaType.trim(), digest, size: bytes.length, bytes }
    }
    return this.#asked(image, signal, () => retry(() => this.#limited(attempt), this.#retries, signal))
  }

  /** Give a blob to `receive`, over several connections if one is cut; `receive` checks that it is the right one. */
  blob(
    image: ImageReference,
    descriptor: Descriptor,
    receive: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const open = (headers: Headers): Promise<Answer> =>
      this.#get(image, `blobs/${descriptor.digest}`, headers, signal)
    return this.#asked(image, signal, () =>
      this.#limited(() => receive(resumed(descriptor, open, this.#retries, signal))),
    )
  }

  async #asked<T>(image: ImageReference, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      const address = registryUrl(image.registry, this.#mirrors)
      const place = this.#loggedIn.has(address) ? this.#credentials?.place : undefined
      throw toPullError({ image, address, place }, error)
    }
  }

  async #get(image: ImageReference, path: string, headers: Headers, signal: AbortSignal): Promise<Answer> {
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

  /** The answer to a challenge. Credentials go by the host that is asked: a mirror never gets those of its original. */
  async #authorize(
    image: ImageReference,
    base: string,
    { headers }: Answer,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const challenge = parseChallenge(headers['www-authenticate'])
    if (challenge === undefined) return undefined
    const registry = new URL(base)
    const secret = await this.#credentials?.find(registry.host)
    if (secret !== undefined) this.#loggedIn.add(base)
    const scoped =
      challenge.scheme === 'basic' || challenge.scope !== undefined
        ? challenge
        : { ...challenge, scope: `repository:${image.repository}:pull` }
    return await authorizationFor({ challenge: scoped, secret, registry }, this.#timeouts, signal)
  }
}

const withAuthorization = (headers: Headers, authorization: string | undefined): Headers =>
  authorization === undefined ? headers : { ...headers, authorization }
