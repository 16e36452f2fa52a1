import * as z from 'zod'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { ContentMismatch } from './blob-store.ts'
import type { Descriptor } from './descriptor.ts'
import { digestOf } from './digest.ts'
import { type Answer, get, readAll, type Timeouts } from './http.ts'
import { limit } from './limit.ts'
import { indexTypes, manifestTypes } from './media-types.ts'
import { type Mirrors, registryUrl } from './mirrors.ts'
import { formatReference, type ImageReference } from './reference.ts'
import { type RetryOptions, retry, retryAfter, Transient } from './retry.ts'
import { fetchToken, parseChallenge } from './token.ts'

/** The largest manifest registries have to take; larger ones are not read. */
const largestManifest = 4 * 1024 * 1024

export interface RegistryOptions {
  mirrors?: Mirrors
  /** Requests at once, over all images. */
  concurrency?: number
  timeouts?: Timeouts
  retries?: RetryOptions
}

/** An index or manifest, byte for byte as it was served. */
export interface ServedManifest extends Descriptor {
  bytes: Buffer
}

/**
 * Pulls from any registry, without credentials. One for a whole run: it holds the tokens and the limit on concurrent
 * requests. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
 */
export class Registry {
  readonly #mirrors: Mirrors
  readonly #timeouts: Timeouts
  readonly #retries: RetryOptions
  readonly #limited: ReturnType<typeof limit>
  readonly #tokens = new Map<string, string>()

  constructor(options: RegistryOptions = {}) {
    this.#mirrors = options.mirrors ?? new Map()
    this.#timeouts = options.timeouts ?? { headers: 30_000, stall: 60_000 }
    this.#retries = options.retries ?? { tries: 3, delay: 500, longest: 60_000 }
    this.#limited = limit(options.concurrency ?? 6)
  }

  /** What a tag or digest of `image` points at. The digest is computed from the bytes; nothing the server says is believed. */
  manifest(image: ImageReference, tagOrDigest: string, signal: AbortSignal): Promise<ServedManifest> {
    const headers = new Headers({ accept: [...indexTypes, ...manifestTypes].join(', ') })
    return this.#attempts(image, signal, async () => {
      const answer = await this.#get(image, `manifests/${tagOrDigest}`, headers, signal)
      const bytes = await readAll(answer, largestManifest)
      const digest = digestOf(bytes)
      const promised = [tagOrDigest, answer.headers.get('docker-content-digest') ?? '']
      const other = promised.find(text => text.startsWith('sha256:') && text !== digest)
      if (other !== undefined) {
        throw new ContentMismatch(`expected a manifest with digest ${other}, received ${digest}`, {
          short: false,
        })
      }
      const mediaType = (answer.headers.get('content-type') ?? '').split(';')[0] ?? ''
      return { mediaType: mediaType.trim(), digest, size: bytes.length, bytes }
    })
  }

  /** Give a blob to `receive`, from its first byte again after a failure; `receive` checks that it is the right one. */
  blob(
    image: ImageReference,
    descriptor: Descriptor,
    receive: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#attempts(image, signal, async () => {
      const answer = await this.#get(image, `blobs/${descriptor.digest}`, new Headers(), signal)
      try {
        await receive(answer.body)
      } catch (error) {
        if (error instanceof ContentMismatch && error.short)
          throw new Transient(error.message, { cause: error })
        throw error
      } finally {
        await answer.discard()
      }
    })
  }

  #address(image: ImageReference): string {
    return registryUrl(image.registry, this.#mirrors)
  }

  async #attempts<T>(image: ImageReference, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
    try {
      return await retry(() => this.#limited(attempt), this.#retries, signal)
    } catch (error) {
      signal.throwIfAborted()
      throw explained(image, this.#address(image), error)
    }
  }

  async #get(image: ImageReference, path: string, headers: Headers, signal: AbortSignal): Promise<Answer> {
    const base = this.#address(image)
    const url = new URL(`${base}/v2/${image.repository}/${path}`)
    const tokenKey = `${base}/${image.repository}`
    const token = this.#tokens.get(tokenKey)
    const first = await get(url, withToken(headers, token), this.#timeouts, signal)
    if (first.status !== 401) return accepted(first)
    const challenge = parseChallenge(first.headers.get('www-authenticate'))
    if (challenge === undefined) return accepted(first)
    await first.discard()
    const scope = challenge.scope ?? `repository:${image.repository}:pull`
    const fresh = await fetchToken({ ...challenge, scope }, this.#timeouts, signal)
    this.#tokens.set(tokenKey, fresh)
    return accepted(await get(url, withToken(headers, fresh), this.#timeouts, signal))
  }
}

function withToken(headers: Headers, token: string | undefined): Headers {
  const result = new Headers(headers)
  if (token !== undefined) result.set('authorization', `Bearer ${token}`)
  return result
}

/** A registry that answered, but not with what it was asked for. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function accepted(answer: Answer): Promise<Answer> {
  if (answer.status === 200) return answer
  const body = await readAll(answer, 64 * 1024).catch(() => Buffer.alloc(0))
  const words = `HTTP ${answer.status}${reasonIn(body)}`
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500) {
    const refusal = new Refusal(answer.status, words)
    throw new Transient(words, { wait: retryAfter(answer.headers.get('retry-after')), cause: refusal })
  }
  throw new Refusal(answer.status, words)
}

// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().optional() })),
})

function reasonIn(body: Buffer): string {
  try {
    const { errors } = errorsSchema.parse(JSON.parse(body.toString()))
    return `: ${errors.map(({ code, message }) => (message ? `${code} (${message})` : code)).join(', ')}`
  } catch {
    return ''
  }
}

function explained(image: ImageReference, base: string, error: unknown): EdgekitError {
  const name = formatReference(image)
  const refusal = error instanceof Refusal ? error : error instanceof Error ? error.cause : undefined
  const status = refusal instanceof Refusal ? refusal.status : undefined
  const remedy = error instanceof EdgekitError ? error.remedy : remedyFor(status, image.registry)
  return new EdgekitError(`cannot pull ${name} from ${base}: ${messageOf(error)}`, {
    exitCode: exitCodes.refused,
    cause: error,
    ...(remedy !== undefined && { remedy }),
  })
}

function remedyFor(status: number | undefined, registry: string): string {
  const mirror = `--registry-mirror ${registry}=URL`
  if (status === 404) return 'Check the name and the tag or digest: the registry does not have this.'
  if (status === 401 || status === 403) {
    return `Check the name: registries answer like this for an image that does not exist or is private. It was asked without credentials; use a public image, or a mirror that has it (${mirror}).`
  }
  if (status === 429) return `Too many requests from this address; wait, or use a mirror (${mirror}).`
  if (status !== undefined && status >= 500)
    return `The registry is in trouble; try again later, or use a mirror (${mirror}).`
  return `Check the network, name resolution and proxy of this machine, or use a mirror (${mirror}).`
}
