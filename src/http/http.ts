import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { detachBuffer } from '../lib/detach-buffer.ts'
import { EdgekitError } from '../lib/errors.ts'
import { agentFor } from './connections.ts'
import { NetworkFailure, networkFailure, proxyLoginRequired, timedOut } from './network-failure.ts'

const maxRedirects = 5
/** Discarded responses up to this many bytes are read to the end to keep the connection usable. */
const drainLimit = 64 * 1024

export interface Timeouts {
  /** From the request to the response headers. */
  headersMs: number
  /** Between two chunks of the body. */
  stallMs: number
}

export const defaultTimeouts: Timeouts = { headersMs: 30_000, stallMs: 60_000 }

/** Keys in lower case. */
export type Headers = Readonly<Record<string, string>>

export interface HttpResponse {
  /** Which URL answered, after redirects. */
  url: URL
  status: number
  headers: IncomingHttpHeaders
  /**
   * Can be read once. A chunk is valid until the next one is requested; then its memory is freed. Unless read to the end,
   * call `discard`, or the connection stays open.
   */
  body: AsyncGenerator<Uint8Array, void>
  discard(): void
}

/**
 * GET with timeouts. Follows redirects itself so that `Authorization` never leaves the origin it is meant for: registries
 * redirect blobs to third-party storage. Throws NetworkFailure, TlsFailure, and EdgekitError for refused redirects and
 * proxies that refuse.
 */
export async function get(
  start: URL,
  headers: Headers,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<HttpResponse> {
  let url = start
  for (let count = 0; count <= maxRedirects; count++) {
    const response = await send(url, { headers: headersFor(url, start, headers) }, timeouts, signal)
    const { location } = response.headers
    if (response.status < 300 || response.status >= 400 || location === undefined) return response
    response.discard()
    const next = new URL(location, url)
    if (next.protocol === 'http:' && url.protocol === 'https:')
      throw badRedirect(`${url.host} redirects to ${next.host} over unencrypted http`, url)
    if (!/^https?:$/.test(next.protocol))
      throw badRedirect(`${url.host} redirects to an unsupported protocol (${next.protocol})`, url)
    url = next
  }
  throw badRedirect(`${start.host} redirects more than ${maxRedirects} times`, start)
}

/** Login pages of networks redirect this way, and servers behind a proxy that does not pass on the protocol. */
const badRedirect = (message: string, { origin, host }: URL): EdgekitError =>
  new EdgekitError(message, {
    code: 'download-failed',
    remedy: `Open ${origin} in a browser: sign in if it is the login page of this network, else correct the redirect of ${host}.`,
  })

/** POST a form. Does not follow redirects, so the form goes to one host only. */
export async function postForm(
  url: URL,
  form: URLSearchParams,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const type = 'application/x-www-form-urlencoded'
  const headers = headersFor(url, url, { accept: 'application/json', 'content-type': type })
  return await send(url, { method: 'POST', headers, body: form.toString() }, timeouts, signal)
}

function headersFor(url: URL, start: URL, { authorization, ...others }: Headers): Headers {
  const secret = authorization !== undefined && url.origin === start.origin ? { authorization } : {}
  // Digests are computed over the unencoded bytes.
  return { ...others, ...secret, 'accept-encoding': 'identity', 'user-agent': 'edgekit' }
}

interface OutgoingRequest {
  method?: string
  headers: Headers
  body?: string
}

async function send(
  url: URL,
  { method = 'GET', headers, body }: OutgoingRequest,
  timeouts: Timeouts,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const open = url.protocol === 'https:' ? requestHttps : requestHttp
  const request = open(url, { method, headers, agent: agentFor(url), signal })
  const timer = setTimeout(
    () => request.destroy(timedOut(url, `no response within ${timeouts.headersMs / 1000} s`)),
    timeouts.headersMs,
  )
  // Failures after the response has begun surface where its body is read.
  request.on('error', () => undefined)
  try {
    const answered = once(request, 'response') as Promise<[IncomingMessage]>
    request.end(body)
    const [response] = await answered
    response.on('error', () => undefined)
    const discard = (): void => {
      if (Number(response.headers['content-length']) <= drainLimit) response.resume()
      else response.destroy()
    }
    const status = response.statusCode ?? 0
    if (status === 407) {
      discard()
      throw proxyLoginRequired(url)
    }
    return {
      url,
      status,
      headers: response.headers,
      body: readBody(response, url, timeouts.stallMs, signal),
      discard,
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof NetworkFailure || error instanceof EdgekitError
      ? error
      : networkFailure(url, error)
  } finally {
    clearTimeout(timer)
  }
}

async function* readBody(
  response: IncomingMessage,
  url: URL,
  stallMs: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const abort = (): unknown => response.destroy(timedOut(url, `no data received for ${stallMs / 1000} s`))
  const timer = setTimeout(abort, stallMs)
  try {
    for await (const chunk of response as AsyncIterable<Buffer<ArrayBuffer>>) {
      timer.refresh()
      yield chunk
      timer.refresh()
      detachBuffer(chunk)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof NetworkFailure || error instanceof EdgekitError
      ? error
      : networkFailure(url, error)
  } finally {
    clearTimeout(timer)
  }
}

/** The whole body, at most `maxBytes`. For responses that are small by nature. Throws EdgekitError for a longer one. */
export async function readAll(response: HttpResponse, maxBytes: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.length
    if (size > maxBytes) {
      throw new EdgekitError(`${response.url.host}: the response is longer than ${maxBytes} bytes`, {
        code: 'download-failed',
        remedy: `Use another server: the response of ${response.url.host} is not of the expected kind.`,
      })
    }
    parts.push(Buffer.from(part))
  }
  return Buffer.concat(parts)
}
