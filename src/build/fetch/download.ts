import { ContentMismatch } from '../../http/content-mismatch.ts'
import { defaultTimeouts, get, type Headers, type HttpResponse, readAll } from '../../http/http.ts'
import { NetworkFailure } from '../../http/network-failure.ts'
import { RangeRefused, resumed } from '../../http/resume.ts'
import { defaultRetries, isTransientStatus, retry, retryAfter, Transient } from '../../http/retry.ts'
import { looksLikePage } from '../../http/web-page.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { StorageError } from '../../oci/cache/storage-error.ts'
import { MissingParts } from '../../oci/missing-parts.ts'
import type { ImageAccess } from '../../oci/sources/fetch-image.ts'
import type { LockedContent } from '../lock/lock.ts'

/** Bytes; the limit for a file whose size is not in the lock. */
const largestFile = 2 * 1024 ** 3
const largestList = 4 * 1024 ** 2

export interface Download {
  url: string
  sha256: string
  /** Bytes, if the lock has them. */
  size?: number | undefined
  images: Pick<ImageAccess, 'registry' | 'store'>
  signal: AbortSignal
}

/**
 * Download a file into the store, unless it is there, and resume when a connection breaks. Throws EdgekitError, also for
 * another file than expected, and MissingParts when offline.
 */
export async function download({ url, sha256, size, images, signal }: Download): Promise<LockedContent> {
  const { registry, store } = images
  const digest = digestOfSha256(sha256)
  const wanted = { digest, size }
  await withDownloadError(url, signal, () =>
    store.ensure(wanted, async () => {
      if (registry === undefined) throw new MissingParts([`${url}: sha256 ${sha256}`])
      const open = (headers: Headers): Promise<HttpResponse> => request(url, headers, signal)
      const bytes = resumed({ digest, size: size ?? 0 }, open, defaultRetries, signal)
      await withoutPages(url, bytes, content => store.write(wanted, atMost(size ?? largestFile, content)))
    }),
  )
  return { sha256, size: (await store.sizeOf(digest)) ?? 0 }
}

/** The digest of a file in a store. */
export const digestOfSha256 = (sha256: string): string => `sha256:${sha256}`

/** Download a short text, such as a list of checksums. Throws EdgekitError. */
export function downloadText(url: string, signal: AbortSignal): Promise<string> {
  return withDownloadError(url, signal, async () => {
    const read = async () => await readAll(await request(url, {}, signal), largestList)
    const text = await retry(read, defaultRetries, signal)
    if (looksLikePage(text)) throw pageInstead(url)
    return text.toString()
  })
}

async function* atMost(most: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > most) {
      throw new EdgekitError(`it has more than the expected ${most} bytes`, {
        code: 'content-mismatch',
        remedy: 'Correct the URL, or run edgekit lock again if the file has changed.',
      })
    }
    yield chunk
  }
}

/** Pass `bytes` to `use`. Throws EdgekitError when it refuses them and they are a web page. */
async function withoutPages(
  url: string,
  bytes: AsyncIterable<Uint8Array>,
  use: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  let isPage: boolean | undefined
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      isPage ??= looksLikePage(chunk)
      yield chunk
    }
  }
  try {
    await use(watched())
  } catch (error) {
    throw error instanceof EdgekitError && error.code === 'content-mismatch' && isPage
      ? pageInstead(url)
      : error
  }
}

const pageInstead = (url: string): EdgekitError =>
  new EdgekitError('the server returned a web page', {
    code: 'download-failed',
    remedy: `Open ${new URL(url).origin} in a browser and sign in if the login page of this network answers, else correct the URL.`,
  })

async function request(url: string, headers: Headers, signal: AbortSignal): Promise<HttpResponse> {
  const answer = await get(new URL(url), headers, defaultTimeouts, signal)
  const { status } = answer
  if (status === 200 || (status === 206 && headers['range'] !== undefined)) return answer
  answer.discard()
  if (status === 416) throw new RangeRefused(`${answer.url.host} refuses to resume`)
  const [asked, { host }] = [new URL(url).host, answer.url]
  const message = asked === host ? `HTTP ${status}` : `${asked} redirects to ${host}: HTTP ${status}`
  if (!isTransientStatus(status)) throw new Error(message)
  throw new Transient(message, { waitMs: retryAfter(answer.headers['retry-after']) })
}

async function withDownloadError<T>(url: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof MissingParts || error instanceof StorageError) throw error
    throw new EdgekitError(`cannot download ${url}: ${messageOf(error)}`, {
      code: error instanceof EdgekitError ? error.code : 'download-failed',
      cause: error,
      remedy: remedyFor(error),
    })
  }
}

function remedyFor(error: unknown): string {
  if (error instanceof ContentMismatch)
    return 'Find out why the file changed before you change the sha256, or run edgekit lock again.'
  if (error instanceof NetworkFailure) return `${error.advice}.`
  const cause = error instanceof Transient ? error.cause : error
  if (cause instanceof EdgekitError && cause.remedy !== undefined) return cause.remedy
  if (error instanceof Transient) return 'Retry later, or use another URL: the server is failing.'
  return 'Correct the URL, or use another one: the server does not serve this file.'
}
