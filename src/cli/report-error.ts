import type { EdgekitError } from '../lib/errors.ts'
import type { ErrorOutput } from '../ui/json/error.ts'
import { print } from '../ui/print.ts'
import { paint, wrap } from '../ui/text.ts'

/** Print an error, as text to stderr or as JSON to stdout, and set the exit code. */
export function reportError(
  { code, message, remedy, exitCode, findings }: EdgekitError & Pick<ErrorOutput, 'findings'>,
  { json }: { json: boolean },
): void {
  process.exitCode = exitCode
  if (json) {
    const output: ErrorOutput = {
      schemaVersion: 1,
      error: { code, message, ...(remedy && { remedy }), exitCode },
      ...(findings && { findings }),
    }
    print(`${JSON.stringify(output, null, 2)}\n`)
    return
  }
  const lines = [wrap(`${paint('red', 'edgekit:', process.stderr)} ${message}`)]
  if (remedy) lines.push(...`What to do: ${remedy}`.split('\n').map(remedyLine))
  print(`${lines.join('\n')}\n`, process.stderr)
}

/** A line of a remedy. Commands, which have blanks before them, are not broken, so that they can be copied. */
const remedyLine = (line: string): string => (line.startsWith('  ') ? `  ${line}` : wrap(line, 2))
