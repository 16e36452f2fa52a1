import { setImmediate } from 'node:timers/promises'
import type { Config } from '@oclif/core'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { print } from '../ui/print.ts'
import { width } from '../ui/text.ts'
import { readCommandLine } from './command-line.ts'
import { guarded } from './guard.ts'
import { outputFailure, surviveLostOutput } from './output-streams.ts'
import { reportError } from './report-error.ts'

/** Do what the words after `edgekit` ask for, print errors, and set the exit code. */
export function run(config: Config, words: readonly string[]): Promise<void> {
  surviveLostOutput()
  return guarded(() => runWords(config, words), { json: words.includes('--json') })
}

async function runWords(config: Config, words: readonly string[]): Promise<void> {
  let id = ''
  try {
    const line = readCommandLine(words, config.commandIDs)
    if (line.show === 'command') {
      id = line.id
      await config.runCommand(id, line.words)
    } else if (line.show === 'version') print(`${config.userAgent}\n`)
    else {
      // Only here: most runs show no help, and it takes time to load.
      const { EdgekitHelp } = await import('./help.ts')
      await new EdgekitHelp(config, { maxWidth: width() }).showHelp(line.id ? [line.id] : [])
    }
  } catch (error) {
    if (!(error instanceof EdgekitError)) throw error
    reportError(error, { json: words.includes('--json') })
  }
  await reportLostOutput(config.findCommand(id)?.['keepsExitCode'], words)
}

/** Output that a full disk has cut off must not look complete. `kept`: the `keepsExitCode` of the command. */
async function reportLostOutput(kept: unknown, words: readonly string[]): Promise<void> {
  // Streams report errors later.
  await setImmediate()
  const lost = outputFailure()
  if (!lost) return
  const { exitCode = 0 } = process
  reportError(
    new EdgekitError(`cannot write standard output: ${messageOf(lost)}`, {
      code: 'output-not-writable',
      remedy: 'Write the output to a file system with free space.',
    }),
    { json: false },
  )
  const isKept = typeof kept === 'string' ? words.includes(kept) : kept === true
  if (exitCode !== 0 || isKept) process.exitCode = exitCode
}
