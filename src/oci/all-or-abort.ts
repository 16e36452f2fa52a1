import { MissingParts } from './missing-parts.ts'

/**
 * Run tasks concurrently. The first error aborts the others, so that it does not wait for a large layer. Only MissingParts
 * are collected first, and thrown as one.
 */
export async function allOrAbort<T>(
  outer: AbortSignal | undefined,
  start: (signal: AbortSignal) => readonly Promise<T>[],
): Promise<T[]> {
  const failed = new AbortController()
  const signal = AbortSignal.any([failed.signal, ...(outer === undefined ? [] : [outer])])
  const results = await Promise.allSettled(
    start(signal).map(work =>
      work.catch(error => {
        if (!(error instanceof MissingParts)) failed.abort(error)
        throw error
      }),
    ),
  )
  failed.signal.throwIfAborted()
  const reasons = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
  const missing = reasons.flatMap(reason => (reason instanceof MissingParts ? reason.parts : []))
  if (missing.length > 0) throw new MissingParts(missing)
  return results.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
}
