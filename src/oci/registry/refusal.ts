import * as z from 'zod'
import { type Answer, readAll } from '../../http/http.ts'
import { retryAfter, Transient } from '../../http/retry.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { StorageError } from '../cache/storage-error.ts'
import { formatReference, type ImageReference } from '../reference.ts'

/** A registry that answered, but not with what it was asked for. */
class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The answer, when it is one of content; else throws, as Transient what is worth another try. */
export async function requireOk(answer: Answer): Promise<Answer> {
  if (answer.status === 200 || answer.status === 206) return answer
  const body = await readAll(answer, 64 * 1024).catch(() => Buffer.alloc(0))
  const words = `HTTP ${answer.status}${reasonIn(body)}`
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500) {
    const refusal = new Refusal(answer.status, words)
    throw new Transient(words, { wait: retryAfter(answer.headers['retry-after']), cause: refusal })
  }
  throw new Refusal(answer.status, words)
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
  /** Where the credentials came from that were sent, if any were. */
  place: string | undefined
}

/** What the reader has to know: which image, which registry, what to do. */
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
  const mirror = `--registry-mirror ${registry}=URL`
  if (status === 404) return 'Check the name and the tag or digest: the registry does not have this.'
  if (status === 401 || status === 403) {
    const { host } = new URL(address)
    const how =
      place === undefined
        ? `It was asked without credentials; log in (docker login ${host}), or use a mirror that has it (${mirror}).`
        : `It was asked with the credentials for ${host} in ${place}; check that they may read this image.`
    return `Check the name: registries answer like this for an image that does not exist or is private. ${how}`
  }
  if (status === 429) return `Too many requests from this address; wait, or use a mirror (${mirror}).`
  if (status !== undefined && status >= 500)
    return `The registry is in trouble; try again later, or use a mirror (${mirror}).`
  return `Check the network, name resolution and proxy of this machine, or use a mirror (${mirror}).`
}
