import { EdgekitError } from '../lib/errors.ts'

/** Content that is not in the cache and cannot be fetched because of `--offline`. */
export class MissingParts extends EdgekitError {
  readonly parts: readonly string[]

  constructor(parts: readonly string[]) {
    const distinct = [...new Set(parts)].sort()
    super(`cannot fetch with --offline, not in the cache:\n${distinct.map(part => `  ${part}`).join('\n')}`, {
      code: 'not-in-cache',
      remedy:
        'Run the same command without --offline on a machine with network access, then copy its cache here (--cache DIR).',
    })
    this.parts = distinct
  }
}
