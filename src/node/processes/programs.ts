import { ExecaError, execa } from 'execa'
import type { Programs } from '../../oci/registry/helper-programs.ts'
import { CommandError } from './command-error.ts'

/** How long a program may take to answer: one that asks for a password has nobody to ask. */
const answerTimeMs = 30_000

/** The programs that are installed on this machine, found through PATH and run without a shell. */
export function localPrograms(timeoutMs = answerTimeMs): Programs {
  return {
    async ask(file, args, input) {
      try {
        const { exitCode = 0, stdout } = await execa(file, args, {
          input,
          timeout: timeoutMs,
          reject: true,
          stderr: 'ignore',
        })
        return { exitCode, stdout }
      } catch (error) {
        if (!(error instanceof ExecaError)) throw error
        // Nothing of what it printed is repeated here: it may be a secret.
        if (error.timedOut) {
          throw new CommandError(`${file}: no answer within ${timeoutMs / 1000} s`, { cause: error })
        }
        if (error.code === 'ENOENT') {
          throw new CommandError(`${file}: not found on this machine`, { cause: error })
        }
        if (error.exitCode === undefined) throw new CommandError(`${file} could not be run`, { cause: error })
        return { exitCode: error.exitCode, stdout: String(error.stdout ?? '') }
      }
    },
    async *output(file, args) {
      const program = execa(file, args, { stdin: 'ignore', buffer: { stdout: false }, encoding: 'buffer' })
      const ended = program.then(
        () => undefined,
        (error: ExecaError<{ encoding: 'buffer' }>) => error,
      )
      try {
        for await (const chunk of program.stdout) yield chunk
        const error = await ended
        if (error?.code === 'ENOENT') throw new CommandError(`${file}: not found on this machine`)
        if (error !== undefined) {
          const said = Buffer.from(error.stderr ?? [])
            .toString()
            .trim()
            .split('\n')
            .slice(-3)
            .join('\n')
          throw new CommandError(`${file} ${args.join(' ')}: exit code ${error.exitCode}: ${said}`)
        }
      } finally {
        program.kill()
        await ended
      }
    },
  }
}
