import { ContentMismatch, tooShort } from './content-mismatch.ts'
import type { Answer, Headers } from './http.ts'
import { RetryBudget, type RetryOptions, Transient } from './retry.ts'

/** So many bytes received pay for the failures before them; a server that sends byte by byte is not asked for ever. */
const progress = 1024 * 1024

/**
 * The bytes of a blob over as many connections as it takes: after a cut the next one goes on at the byte reached.
 * `open` asks for the blob with the given headers and gives an answer with status 200 or 206. A server that does not
 * know ranges sends everything again (200); then what is there already is skipped. Whether the pieces fit together is
 * for the receiver to say, by the digest. https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
export async function* resumed(
  { digest, size }: { digest: string; size: number },
  open: (headers: Headers) => Promise<Answer>,
  retries: RetryOptions,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const patience = new RetryBudget(retries)
  for (let received = 0; ; ) {
    const before = received
    try {
      for await (const chunk of from(received, open)) {
        received += chunk.length
        yield chunk
      }
      if (received >= size) return
      const short = tooShort({ digest, size }, received)
      throw new Transient(short.message, { cause: short })
    } catch (error) {
      if (received - before >= progress) patience.reset()
      await patience.waitOrThrow(error, signal)
    }
  }
}

async function* from(
  offset: number,
  open: (headers: Headers) => Promise<Answer>,
): AsyncGenerator<Uint8Array, void> {
  const answer = await open(offset === 0 ? {} : { range: `bytes=${offset}-` })
  try {
    let skip = offset - startOf(answer, offset)
    for await (const chunk of answer.body) {
      const rest = chunk.subarray(Math.min(skip, chunk.length))
      skip -= chunk.length - rest.length
      if (rest.length > 0) yield rest
    }
  } finally {
    answer.discard()
  }
}

/** The offset of the first byte of the answer within the blob. */
function startOf({ status, headers }: Answer, asked: number): number {
  if (status !== 206) return 0
  const range = headers['content-range'] ?? ''
  const start = Number(/^bytes (\d+)-/.exec(range)?.[1])
  if (start === asked) return start
  throw new ContentMismatch(`asked for the bytes from ${asked} on, received "${range}"`)
}
