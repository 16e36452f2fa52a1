import { ContentMismatch, tooShort } from './content-mismatch.ts'
import type { Headers, HttpResponse } from './http.ts'
import { RetryBudget, type RetryOptions, Transient } from './retry.ts'

/** Receiving this many bytes resets the retry budget; a server that trickles bytes does not get unlimited retries. */
const progressBytes = 1024 * 1024

/** HTTP 416: the server does not serve a blob from this offset on, but may serve it from the start. */
export class RangeRefused extends Error {
  override name = 'RangeRefused'
}

/**
 * The bytes of a blob over several connections: after a cut, the next one resumes at the byte reached. `open` requests the
 * blob with the given headers and returns a response with status 200 or 206, or throws RangeRefused. If the server ignores
 * or refuses ranges and sends everything again (200), the bytes received before are skipped. The caller verifies the digest.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
export async function* resumed(
  { digest, size }: { digest: string; size: number },
  open: (headers: Headers) => Promise<HttpResponse>,
  retries: RetryOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const budget = new RetryBudget(retries)
  let ranges = true
  for (let received = 0; ; ) {
    const before = received
    try {
      for await (const chunk of readFrom(received, open, ranges)) {
        received += chunk.length
        yield chunk
      }
      if (received >= size) return
      const short = tooShort({ digest, size }, received)
      // After a refused range, the response was the whole blob.
      throw ranges ? new Transient(short.message, { cause: short }) : short
    } catch (error) {
      if (error instanceof RangeRefused && ranges) {
        ranges = false
        continue
      }
      if (received - before >= progressBytes) budget.reset()
      await budget.waitOrThrow(error, signal)
    }
  }
}

async function* readFrom(
  offset: number,
  open: (headers: Headers) => Promise<HttpResponse>,
  ranges: boolean,
): AsyncGenerator<Uint8Array, void> {
  const response = await open(offset === 0 || !ranges ? {} : { range: `bytes=${offset}-` })
  try {
    let skip = offset - startOf(response, offset)
    for await (const chunk of response.body) {
      const rest = chunk.subarray(Math.min(skip, chunk.length))
      skip -= chunk.length - rest.length
      if (rest.length > 0) yield rest
    }
  } finally {
    response.discard()
  }
}

/** Offset within the blob of the first byte of the response. */
function startOf({ status, headers }: HttpResponse, requested: number): number {
  if (status !== 206) return 0
  const range = headers['content-range'] ?? ''
  const start = Number(/^bytes (\d+)-/.exec(range)?.[1])
  if (start === requested) return start
  throw new ContentMismatch(`requested bytes from ${requested} on, received "${range}"`)
}
