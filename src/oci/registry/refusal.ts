import * as z from 'zod'
import { type HttpResponse, readAll } from '../../http/http.ts'
import { isTransientStatus, retryAfter, Transient } from '../../http/retry.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { StorageError } from '../cache/storage-error.ts'
import { formatReference, type ImageReference } from '../reference.ts'
import { loginCommand } from './credentials.ts'

/** An HTTP error response of a registry. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Return a successful response; throw `Transient` for a status worth a retry, else Refusal. */
export async function requireOk(response: HttpResponse): Promise<HttpResponse> {
  if (response.status === 200 || response.status === 206) return response
  const body = await readAll(response, 64 * 1024).catch(() => Buffer.alloc(0))
  const refusal = new Refusal(response.status, `HTTP ${response.status}${reasonIn(body)}`)
  if (!isTransientStatus(response.status)) throw refusal
  throw new Transient(refusal.message, {
    waitMs: retryAfter(response.headers['retry-after']),
    cause: refusal,
  })
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

interface PullContext {
  image: ImageReference
  /** Base URL. */
  address: string
  /** Where the credentials came from, if any were sent. */
  place: string | undefined
}

/** Add the image, the registry and a remedy to an error. */
export function toPullError({ image, address, place }: PullContext, error: unknown): EdgekitError {
  if (error instanceof StorageError) return error
  const refusal = error instanceof Refusal ? error : error instanceof Error ? error.cause : undefined
  const status = refusal instanceof Refusal ? refusal.status : undefined
  const remedy =
    error instanceof EdgekitError ? error.remedy : remedyFor(status, image.registry, address, place)
  return new EdgekitError(`cannot pull ${formatReference(image)} from ${address}: ${messageOf(error)}`, {
    code: 'image-pull-failed',
    cause: error,
    ...(remedy !== undefined && { remedy }),
  })
}

function remedyFor(
  status: number | undefined,
  registry: string,
  address: string,
  place: string | undefined,
): string {
  const mirror = `use a mirror (--registry-mirror ${registry}=URL)`
  if (status === 404) return 'Check the image name and its tag or digest: the registry does not have it.'
  if (status === 401 || status === 403) {
    const { host } = new URL(address)
    const remedy =
      place === undefined
        ? `Log in, or ${mirror}:\n${loginCommand(host)}`
        : `Check that the credentials for ${host} in ${place} can read this image.`
    return `Check the image name: it does not exist or is private. ${remedy}`
  }
  if (status === 429) return `Wait, or ${mirror}: the registry limits requests from this address.`
  if (status !== undefined && status >= 500) return `Retry later, or ${mirror}: the registry is failing.`
  return `Check the network, DNS and proxy settings of this machine, or ${mirror}.`
}
