import * as z from 'zod'
import { type HttpResponse, readAll } from '../../http/http.ts'
import { RangeRefused } from '../../http/resume.ts'
import { isTransientStatus, retryAfter, Transient } from '../../http/retry.ts'
import { isPageType, looksLikePage } from '../../http/web-page.ts'

/** What a request to a registry had with it. A token that was granted to credentials is `token`. */
export type Login = 'nothing' | 'token' | 'credentials'

/** An HTTP response that is of no use for a pull. */
export interface Answer {
  by: 'registry' | 'token service' | 'redirect target'
  /** The server that answered, with its protocol. */
  origin: string
  /** The registry that was asked first, with its protocol. */
  registry: string
  status: number
  /** What the body gives as the reason, such as `DENIED (not yours)`; can be empty. */
  reason: string
  /** A web page: of a login, a proxy, or the user interface of the registry. */
  isPage: boolean
  /** Only a registry answers like this, whatever it refuses. */
  isOfApi: boolean
  login: Login
}

/** Thrown for an Answer; `explanations` have its message. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`HTTP ${answer.status}${answer.reason === '' ? '' : `: ${answer.reason}`}`)
    this.answer = answer
  }
}

/** The context of a response. */
export interface Request {
  by: 'registry' | 'token service'
  /** Where the request was sent, before redirects. */
  url: URL
  registry: URL
  login: Login
}

/**
 * Return a successful response that can be content of `size` bytes, if that is known. Throws Refusal, inside a Transient for
 * a status worth a retry, and RangeRefused.
 */
export async function requireOk(
  response: HttpResponse,
  request: Request,
  size?: number,
): Promise<HttpResponse> {
  const { status, headers } = response
  const ok = status === 200 || status === 206
  // A layer can be served as text/html, but a web page does not have its length.
  const isPage = isPageType(headers['content-type']) && Number(headers['content-length']) !== size
  if (ok && !isPage) return response
  if (status === 416) {
    response.discard()
    throw new RangeRefused(`${response.url.host} refuses to resume`)
  }
  const body = await readAll(response, 64 * 1024).catch(() => Buffer.alloc(0))
  const refusal = refusalOf(response, request, body)
  if (ok || !isTransientStatus(status)) throw refusal
  throw new Transient(refusal.message, { waitMs: retryAfter(headers['retry-after']), cause: refusal })
}

/** The Refusal for a response whose body was read. */
export function refusalOf(
  { url, status, headers }: HttpResponse,
  { by, url: start, registry, login }: Request,
  body: Buffer,
): Refusal {
  const { reason, isOfApi } = reasonIn(body.toString())
  return new Refusal({
    by: by === 'registry' && url.origin !== start.origin ? 'redirect target' : by,
    origin: url.origin,
    registry: registry.origin,
    status,
    reason,
    isPage: isPageType(headers['content-type']) || looksLikePage(body),
    isOfApi: isOfApi || headers['docker-distribution-api-version'] !== undefined,
    login,
  })
}

// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
const errorsSchema = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().optional() })).min(1),
})
/** Errors of other services: the token service of Docker Hub, and Artifactory outside its registries. */
const otherSchema = z.object({
  details: z.string().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
})
/** Long enough for one line; the rest of a longer reason is dropped. */
const maxReason = 200

/** What an error body gives as the reason, and whether it has the form of the registry API. */
function reasonIn(body: string): { reason: string; isOfApi: boolean } {
  const json = parsed(body)
  const api = errorsSchema.safeParse(json).data?.errors
  const { details, errors } = otherSchema.safeParse(json).data ?? {}
  const reason =
    api?.map(({ code, message }) => (message ? `${code} (${message})` : code)).join(', ') ??
    details ??
    errors?.map(({ message }) => message).join(', ') ??
    reasonOfStorage(body)
  return { reason: reason.replace(/\s+/g, ' ').slice(0, maxReason), isOfApi: api !== undefined }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, which other storage copies. */
function reasonOfStorage(body: string): string {
  const [, code = ''] = /<Code>([^<]{1,100})<\/Code>/.exec(body) ?? []
  const [, message] = /<Message>([^<]{1,200})<\/Message>/.exec(body) ?? []
  return message === undefined ? code : `${code} (${message})`
}
