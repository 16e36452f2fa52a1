import { createHash, randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { EdgekitError, exitCodes, messageOf } from '../errors.ts'
import { type Answer, get, readAll } from '../images/http.ts'
import { retry, retryAfter, Transient } from '../images/retry.ts'
import type { LockedContent } from './lock.ts'

const timeouts = { headers: 30_000, stall: 60_000 }
const retries = { tries: 3, delay: 500, longest: 60_000 }

/** The largest file that is fetched when the lock does not say how large it is. */
const largestFile = 2 * 1024 ** 3
const largestList = 4 * 1024 ** 2

export interface Download {
  url: string
  /** Where to keep it; appears only when it is whole and right. */
  destination: string
  sha256: string
  /** Bytes, when the lock has them. */
  size?: number | undefined
  signal: AbortSignal
}

/** Fetch a file over https. Throws EdgekitError, also when it is not the one that was expected. */
export function download({ url, destination, sha256, size, signal }: Download): Promise<LockedContent> {
  return attempts(url, signal, async () => {
    const answer = await request(url, signal)
    const unfinished = `${destination}.${randomUUID()}.unfinished`
    const file = await open(unfinished, 'wx', 0o644)
    try {
      const received = await receive(answer, size ?? largestFile, chunk => file.appendFile(chunk))
      await file.close()
      const promised = Number(answer.headers.get('content-length') ?? received.size)
      if (received.size < promised) throw new Transient(`ended after ${received.size} of ${promised} bytes`)
      if (received.sha256 !== sha256) throw new UnexpectedContent(sha256, received.sha256)
      await rename(unfinished, destination)
      return received
    } finally {
      await file.close().catch(() => undefined)
      await rm(unfinished, { force: true })
      await answer.discard()
    }
  })
}

/** Fetch a short text, such as a list of checksums. Throws EdgekitError. */
export function downloadText(url: string, signal: AbortSignal): Promise<string> {
  return attempts(url, signal, async () =>
    (await readAll(await request(url, signal), largestList)).toString(),
  )
}

async function receive(
  answer: Answer,
  most: number,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<LockedContent> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > most) throw new Error(`it is longer than the ${most} bytes that were expected at most`)
    hash.update(chunk)
    await write(chunk)
  }
  return { sha256: hash.digest('hex'), size }
}

async function request(url: string, signal: AbortSignal): Promise<Answer> {
  const answer = await get(new URL(url), new Headers(), timeouts, signal)
  const { status } = answer
  if (status === 200) return answer
  await answer.discard()
  const message = `HTTP ${status}`
  if (status !== 408 && status !== 429 && status < 500) throw new Error(message)
  throw new Transient(message, { wait: retryAfter(answer.headers.get('retry-after')) })
}

class UnexpectedContent extends Error {
  constructor(expected: string, seen: string) {
    super(`expected sha256 ${expected}, received ${seen}`)
  }
}

async function attempts<T>(url: string, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  try {
    return await retry(attempt, retries, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw new EdgekitError(`cannot use ${url}: ${messageOf(error)}`, {
      exitCode: exitCodes.refused,
      cause: error,
      remedy:
        error instanceof UnexpectedContent
          ? 'The file there is not the one that was named: find out why it changed before you change the sha256 or run edgekit lock again.'
          : 'Check the address, and the network, name resolution and proxy of this machine.',
    })
  }
}
