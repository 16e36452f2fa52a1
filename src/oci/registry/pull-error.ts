import { NetworkFailure } from '../../http/network-failure.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import { StorageError } from '../cache/storage-error.ts'
import { formatReference, type ImageReference } from '../reference.ts'
import { explain } from './explanations.ts'
import { Refusal } from './refusal.ts'

interface PullContext {
  image: ImageReference
  /** URL of the registry or its mirror. */
  address: string
  isMirror: boolean
  /** Where credentials are stored. */
  place: string
}

/** Add the image, the registry and a remedy to an error. */
export function toPullError(context: PullContext, error: unknown): EdgekitError {
  if (error instanceof StorageError) return error
  const { reason, remedy } = explained(context, error)
  return new EdgekitError(
    `cannot pull ${formatReference(context.image)} from ${context.address}: ${reason}`,
    { code: 'image-pull-failed', cause: error, ...(remedy !== undefined && { remedy }) },
  )
}

function explained(
  { image, address, isMirror, place }: PullContext,
  error: unknown,
): { reason: string; remedy: string | undefined } {
  const mirror = isMirror ? 'use another mirror' : `use a mirror (--registry-mirror ${image.registry}=URL)`
  if (error instanceof NetworkFailure)
    return { reason: error.message, remedy: `${error.advice}, or ${mirror}.` }
  const known = error instanceof Error && 'cause' in error ? error.cause : undefined
  for (const cause of [error, known]) {
    if (cause instanceof EdgekitError) return { reason: cause.message, remedy: cause.remedy }
    if (cause instanceof Refusal) {
      const { answer, message } = cause
      const [server, host] = [new URL(answer.origin).host, new URL(answer.registry).host]
      return explain({ ...answer, server, host, address, place, mirror, isMirror, summary: message })
    }
  }
  return { reason: messageOf(error), remedy: undefined }
}
