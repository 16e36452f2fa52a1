import { Transient } from './retry.ts'
import { tlsFailure } from './tls-failure.ts'

const mostRedirects = 5

export interface Timeouts {
  /** Until the answer begins, in milliseconds. */
  headers: number
  /** The longest pause within the answer, in milliseconds. */
  stall: number
}

export interface Answer {
  status: number
  headers: Headers
  /** Can be read once. Who does not read it to its end must `discard` it, else the connection stays open. */
  body: AsyncGenerator<Uint8Array, void>
  discard(): Promise<void>
}

/**
 * GET with time limits. Redirects are followed here and not by fetch, so that it is certain that `Authorization` goes
 * to the origin it was meant for and nowhere else: registries redirect blobs to storage hosts of other companies.
 * Everything that goes wrong on the wire is `Transient`, but for a certificate that is not trusted.
 */
export async function get(
  start: URL,
  headers: Headers,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<Answer> {
  let url = start
  for (let count = 0; count <= mostRedirects; count++) {
    const answer = await send(url, { headers: headersFor(url, start, headers) }, timeouts, signal)
    const location = answer.headers.get('location')
    if (answer.status < 300 || answer.status >= 400 || location === null) return answer
    await answer.discard()
    const next = new URL(location, url)
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw new Error(`${url.host} redirects to ${next.host} without encryption`)
    }
    url = next
  }
  throw new Error(`${start.host} redirects more than ${mostRedirects} times`)
}

/** POST a form. A redirect is an answer like any other: what is posted goes to one place only. */
export async function postForm(
  url: URL,
  form: URLSearchParams,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<Answer> {
  const headers = headersFor(url, url, new Headers({ accept: 'application/json' }))
  return await send(url, { method: 'POST', headers, body: form }, timeouts, signal)
}

function headersFor(url: URL, start: URL, headers: Headers): Headers {
  const result = new Headers(headers)
  if (url.origin !== start.origin) result.delete('authorization')
  // fetch would ask for gzip and unpack it silently: the digest is that of the bytes as they are.
  result.set('accept-encoding', 'identity')
  result.set('user-agent', 'edgekit')
  return result
}

async function send(url: URL, init: RequestInit, timeouts: Timeouts, signal: AbortSignal): Promise<Answer> {
  const late = new AbortController()
  const timer = setTimeout(
    () => late.abort(new Error(`no answer within ${timeouts.headers / 1000} s`)),
    timeouts.headers,
  )
  try {
    const either = AbortSignal.any([signal, late.signal])
    const response = await fetch(url, { ...init, redirect: 'manual', signal: either })
    const body = chunks(response, url, late, timeouts.stall, signal)
    const discard = async (): Promise<void> => {
      await body.return()
      // A generator that was never started has nothing to clean up; the response has.
      if (response.body?.locked === false) await response.body.cancel().catch(() => undefined)
    }
    return { status: response.status, headers: response.headers, body, discard }
  } catch (error) {
    signal.throwIfAborted()
    throw onTheWire(url, error)
  } finally {
    clearTimeout(timer)
  }
}

async function* chunks(
  { body }: Response,
  url: URL,
  late: AbortController,
  stall: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  if (body === null) return
  const timer = setTimeout(() => late.abort(new Error(`nothing received for ${stall / 1000} s`)), stall)
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await read(reader, url, signal)
      timer.refresh()
      if (done) return
      yield value
      timer.refresh()
    }
  } finally {
    clearTimeout(timer)
    await reader.cancel().catch(() => undefined)
  }
}

async function read(reader: ReadableStreamDefaultReader<Uint8Array>, url: URL, signal: AbortSignal) {
  try {
    return await reader.read()
  } catch (error) {
    signal.throwIfAborted()
    throw onTheWire(url, error)
  }
}

/** fetch says only "fetch failed" or "terminated"; the reason is in its cause. */
function onTheWire(url: URL, error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const untrusted = tlsFailure(url.host, cause)
  if (untrusted !== undefined) return untrusted
  const message =
    cause instanceof Error
      ? cause.message || ('code' in cause ? String(cause.code) : cause.name)
      : String(cause)
  return new Transient(`${url.host}: ${message}`, { cause: error })
}

/** The whole body, for answers that are small by their nature. */
export async function readAll(answer: Answer, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body) {
    size += part.length
    if (size > most) throw new Error(`the answer is longer than ${most} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
