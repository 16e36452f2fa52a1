import type { EdgekitError } from '../lib/errors.ts'
import { paint, wrap } from '../ui/text.ts'

/** Print an error, as text to stderr or as JSON to stdout, and set the exit code. */
export function reportError(
  { code, message, remedy, exitCode, findings }: EdgekitError & { findings?: unknown },
  { json }: { json: boolean },
): void {
  process.exitCode = exitCode
  if (json) {
    const error = { code, message, ...(remedy && { remedy }), exitCode }
    const output = { schemaVersion: 1, error, ...(findings ? { findings } : {}) }
    process.stdout.write(`${JSON.stringify(output, null, 2)}\n`)
    return
  }
  const lines = [wrap(`${paint('red', 'edgekit:', process.stderr)} ${message}`)]
  if (remedy) lines.push(wrap(`What to do: ${remedy}`, 2))
  process.stderr.write(`${lines.join('\n')}\n`)
}
