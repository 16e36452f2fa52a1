import { EdgekitError } from '../lib/errors.ts'

/** What would have to be fetched but may not be, because of `--offline`. */
export class MissingParts extends EdgekitError {
  readonly parts: readonly string[]

  constructor(parts: readonly string[]) {
    const distinct = [...new Set(parts)].sort()
    super(
      `--offline, and ${distinct.length === 1 ? 'this is' : `these ${distinct.length} are`} not in the cache:\n${distinct.map(part => `  ${part}`).join('\n')}`,
      {
        code: 'not-in-cache',
        remedy:
          'Run the same command once without --offline where there is a network, and bring its cache here (--cache DIR).',
      },
    )
    this.parts = distinct
  }
}
