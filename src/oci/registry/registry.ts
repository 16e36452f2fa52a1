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
import { looksLikePage } from '../../http/web-page.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { limit } from '../../lib/limit.ts'
import type { Descriptor } from '../descriptor.ts'
import { digestOf } from '../digest.ts'
import { indexTypes, manifestTypes, maxManifestSize } from '../media-types.ts'
import type { ImageReference } from '../reference.ts'
import type { ServedManifest } from '../sources/content-source.ts'
import { type Authorization, authorizationFor } from './authorization.ts'
import { requireChallenge } from './challenge.ts'
import type { Credentials } from './credentials.ts'
import { apiRoots, type Mirrors, registryUrl } from './mirrors.ts'
import { toPullError } from './pull-error.ts'
import { Refusal, type Request, refusalOf, requireOk } from './refusal.ts'

export interface RegistryOptions {
  mirrors?: Mirrors
  /** Without them, only public images can be pulled. */
  credentials?: Credentials
  /** Concurrent requests, over all images. */
  concurrency?: number
  timeouts?: Timeouts
  retries?: RetryOptions
}

/** A GET below one of the API roots of a registry. */
interface Wanted {
  image: ImageReference
  /** `manifests/1.0` or `blobs/sha256:…` */
  path: string
  headers: Headers
  /** Bytes, if known. */
  size?: number
  signal: AbortSignal
}

type Answered = Request & { response: HttpResponse }

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
  /** Last authorization by API root and repository. */
  readonly #authorizations = new Map<string, Authorization>()
  /** The API root that worked, by address. */
  readonly #roots = new Map<string, string>()

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
    const wanted = { image, path: `manifests/${tagOrDigest}`, headers, signal }
    const attempt = (): Promise<ServedManifest> =>
      this.#atOneRoot(image, async root => readManifest(await this.#get(root, wanted), tagOrDigest))
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
    const { digest, size } = descriptor
    const open = (headers: Headers): Promise<HttpResponse> =>
      this.#atOneRoot(image, async root => {
        const { response } = await this.#get(root, { image, path: `blobs/${digest}`, headers, size, signal })
        return response
      })
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
      const isMirror = this.#mirrors.has(image.registry)
      throw toPullError({ image, address, isMirror, place: this.#credentials?.place ?? '' }, error)
    }
  }

  /** Ask the API root of a registry; the first time, those it can have. */
  async #atOneRoot<T>(image: ImageReference, ask: (root: string) => Promise<T>): Promise<T> {
    const address = registryUrl(image.registry, this.#mirrors)
    const known = this.#roots.get(address)
    const roots = known === undefined ? apiRoots(address) : [known]
    const refusals: Refusal[] = []
    for (const root of roots) {
      try {
        const result = await ask(root)
        this.#roots.set(address, root)
        return result
      } catch (error) {
        if (!(error instanceof Refusal) || wereRejected(error)) throw error
        refusals.push(error)
      }
    }
    // Where both answer like a registry, the first took the start of a longer path for a name.
    throw refusals.findLast(({ answer }) => answer.isOfApi) ?? (roots.length > 1 ? noApi(roots) : refusals[0])
  }

  async #get(root: string, { image, path, headers, size, signal }: Wanted): Promise<Answered> {
    const url = new URL(`${root}/${image.repository}/${path}`)
    const registry = new URL(url.origin)
    const key = `${root}/${image.repository}`
    const send = async (authorization: Authorization | undefined): Promise<Answered> => {
      const authorized =
        authorization === undefined ? headers : { ...headers, authorization: authorization.header }
      const response = await get(url, authorized, this.#timeouts, signal)
      return { response, by: 'registry', url, registry, login: authorization?.login ?? 'nothing' }
    }
    let answered = await send(this.#authorizations.get(key))
    // Only the registry may ask for credentials: storage that it redirects to would get them for a realm of its choice.
    if (answered.response.status === 401 && answered.response.url.origin === url.origin) {
      const fresh = await this.#authorize(image, registry, answered.response, signal)
      if (fresh !== undefined) {
        answered.response.discard()
        this.#authorizations.set(key, fresh)
        answered = await send(fresh)
      }
    }
    await requireOk(answered.response, answered, size)
    return answered
  }

  async #authorize(
    image: ImageReference,
    registry: URL,
    { headers }: HttpResponse,
    signal: AbortSignal,
  ): Promise<Authorization | undefined> {
    const challenge = requireChallenge(headers['www-authenticate'], registry)
    const scoped =
      challenge.scheme === 'basic' || challenge.scope !== undefined
        ? challenge
        : { ...challenge, scope: `repository:${image.repository}:pull` }
    const request = { challenge: scoped, credentials: this.#credentials, registry }
    return await authorizationFor(request, this.#timeouts, signal)
  }
}

async function readManifest(answered: Answered, tagOrDigest: string): Promise<ServedManifest> {
  const { response } = answered
  const bytes = await readAll(response, maxManifestSize)
  if (looksLikePage(bytes)) throw refusalOf(response, answered, bytes)
  const digest = digestOf(bytes)
  const promised = [tagOrDigest, String(response.headers['docker-content-digest'] ?? '')]
  const other = promised.find(text => text.startsWith('sha256:') && text !== digest)
  if (other !== undefined) {
    throw new ContentMismatch(`expected a manifest with digest ${other}, received ${digest}`)
  }
  const mediaType = (response.headers['content-type'] ?? '').split(';')[0] ?? ''
  return { mediaType: mediaType.trim(), digest, size: bytes.length, bytes }
}

/** Another root would get the same credentials, and accounts are locked after a few wrong passwords. */
const wereRejected = ({ answer: { by, status, login } }: Refusal): boolean =>
  login === 'credentials' && (status === 401 || by === 'token service')

const noApi = (roots: readonly string[]): EdgekitError =>
  new EdgekitError(`neither ${roots.join(' nor ')} is the API of a registry`, {
    code: 'image-pull-failed',
    remedy: 'Correct the URL of the mirror: its host, and the project or repository in its path.',
  })
