import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { detachBuffer } from '../lib/detach-buffer.ts'
import { agentFor } from './connections.ts'
import { Transient } from './retry.ts'
import { tlsFailure } from './tls-failure.ts'

const mostRedirects = 5
/** Bytes of an answer nobody wants that are read for the sake of the connection. */
const worthReading = 64 * 1024

export interface Timeouts {
  /** Until the answer begins, in milliseconds. */
  headers: number
  /** The longest pause within the answer, in milliseconds. */
  stall: number
}

/** By their names in lower case. */
export type Headers = Readonly<Record<string, string>>

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  /**
   * Can be read once; a piece is good until the next one is asked for, then its memory is freed. Who does not read to
   * the end must `discard` it, else the connection stays open.
   */
  body: AsyncGenerator<Uint8Array, void>
  discard(): void
}

/**
 * GET with time limits. Redirects are followed here, so that it is certain that `Authorization` goes to the origin it
 * was meant for and nowhere else: registries redirect blobs to storage hosts of other companies. Everything that goes
 * wrong on the wire is `Transient`, but for a certificate that is not trusted.
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
    const { location } = answer.headers
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer
    answer.discard()
    const next = new URL(location, url)
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw new Error(`${url.host} redirects to ${next.host} without encryption`)
    }
    if (!/^https?:$/.test(next.protocol)) throw new Error(`${url.host} redirects to ${next.protocol}`)
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
  const type = 'application/x-www-form-urlencoded'
  const headers = headersFor(url, url, { accept: 'application/json', 'content-type': type })
  return await send(url, { method: 'POST', headers, body: form.toString() }, timeouts, signal)
}

function headersFor(url: URL, start: URL, { authorization, ...others }: Headers): Headers {
  const secret = authorization !== undefined && url.origin === start.origin ? { authorization } : {}
  // The digest is that of the bytes as they are.
  return { ...others, ...secret, 'accept-encoding': 'identity', 'user-agent': 'edgekit' }
}

interface Sent {
  method?: string
  headers: Headers
  body?: string
}

async function send(
  url: URL,
  { method = 'GET', headers, body }: Sent,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<Answer> {
  const open = url.protocol === 'https:' ? requestHttps : requestHttp
  const request = open(url, { method, headers, agent: agentFor(url), signal })
  const timer = setTimeout(
    () => request.destroy(new Error(`no answer within ${timeouts.headers / 1000} s`)),
    timeouts.headers,
  )
  // What goes wrong after the answer has begun is seen by those who read it.
  request.on('error', () => undefined)
  try {
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    request.end(body)
    const [response] = await answered
    response.on('error', () => undefined)
    const discard = (): void => {
      if (Number(response.headers['content-length']) <= worthReading) response.resume()
      else response.destroy()
    }
    const status = response.statusCode ?? 0
    return { status, headers: response.headers, body: pieces(response, url, timeouts.stall, signal), discard }
  } catch (error) {
    signal.throwIfAborted()
    throw onTheWire(url, error)
  } finally {
    clearTimeout(timer)
  }
}

async function* pieces(
  response: IncomingMessage,
  url: URL,
  stall: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const late = (): unknown => response.destroy(new Error(`nothing received for ${stall / 1000} s`))
  const timer = setTimeout(late, stall)
  try {
    for await (const piece of response as AsyncIterable<Buffer<ArrayBuffer>>) {
      timer.refresh()
      yield piece
      timer.refresh()
      detachBuffer(piece)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw onTheWire(url, error)
  } finally {
    clearTimeout(timer)
  }
}

function onTheWire(url: URL, error: unknown): Error {
  const untrusted = tlsFailure(url.host, error)
  if (untrusted !== undefined) return untrusted
  return new Transient(`${url.host}: ${wordsFor(error)}`, { cause: error })
}

function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  // "aborted" or "socket hang up", which sound as if we had done it.
  if (code === 'ECONNRESET') return 'the other side closed the connection'
  return error.message || code || error.name
}

/** The whole body, for answers that are small by their nature. */
export async function readAll(answer: Answer, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer.body) {
    size += part.length
    if (size > most) throw new Error(`the answer is longer than ${most} bytes`)
    parts.push(Buffer.from(part))
  }
  return Buffer.concat(parts)
}
