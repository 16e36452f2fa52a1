import type { EdgekitError } from '../lib/errors.ts'
import { paint, wrap } from '../ui/text.ts'

/** Say what failed and what to do, as text on stderr or as JSON on stdout, and let edgekit end with its exit code. */
export function reportError(
  { message, exitCode, remedy, findings }: EdgekitError & { findings?: unknown },
  { json }: { json: boolean },
): void {
  process.exitCode = exitCode
  if (json) {
    const error = { message, exitCode, ...(remedy && { remedy }) }
    process.stdout.write(`${JSON.stringify({ error, ...(findings ? { findings } : {}) }, null, 2)}\n`)
    return
  }
  const lines = [wrap(`${paint('red', 'edgekit:', process.stderr)} ${message}`)]
  if (remedy) lines.push(wrap(`What to do: ${remedy}`, 2))
  process.stderr.write(`${lines.join('\n')}\n`)
}
