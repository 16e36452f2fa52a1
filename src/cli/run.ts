import type { Config } from '@oclif/core'
import { EdgekitError } from '../lib/errors.ts'
import { print } from '../ui/print.ts'
import { width } from '../ui/text.ts'
import { readCommandLine } from './command-line.ts'
import { guarded } from './guard.ts'
import { reportError } from './report-error.ts'

/** Do what the words after `edgekit` ask for, print errors, and set the exit code. */
export const run = (config: Config, words: readonly string[]): Promise<void> =>
  guarded(() => runWords(config, words), { json: words.includes('--json') })

async function runWords(config: Config, words: readonly string[]): Promise<void> {
  try {
    const line = readCommandLine(words, config.commandIDs)
    if (line.show === 'command') await config.runCommand(line.id, line.words)
    else if (line.show === 'version') print(`${config.userAgent}\n`)
    else {
      // Only here: most runs show no help, and it takes time to load.
      const { EdgekitHelp } = await import('./help.ts')
      await new EdgekitHelp(config, { maxWidth: width }).showHelp(line.id ? [line.id] : [])
    }
  } catch (error) {
    if (!(error instanceof EdgekitError)) throw error
    reportError(error, { json: words.includes('--json') })
  }
}
