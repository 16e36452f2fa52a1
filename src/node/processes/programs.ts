import type { Programs } from '../../oci/registry/helper-programs.ts'
import { CommandError } from './command-error.ts'
import { runProgram, streamProgram } from './run-program.ts'

/** A program that asks for a password gets no answer, and must not wait for one. */
const answerTimeMs = 30_000

/** The programs installed on this machine, found through PATH and run without a shell. All throw CommandError. */
export function localPrograms(timeoutMs = answerTimeMs): Programs {
  return {
    async ask(file, args, input) {
      const outcome = await runProgram(file, args, { timeoutMs, input })
      // The error does not repeat what the program printed: it may be a secret.
      if ('failure' in outcome) throw new CommandError(`${file}: ${outcome.failure}`)
      return outcome
    },
    async *output(file, args) {
      const program = streamProgram(file, args)
      try {
        for await (const chunk of program.stdout) yield chunk
        const { code, exitCode, failed, stderr } = await program
        if (code === 'ENOENT') throw new CommandError(`${file}: not found on this machine`)
        if (failed) {
          const lines = Buffer.from(stderr).toString().trim().split('\n').slice(-3)
          throw new CommandError(`${file} ${args.join(' ')}: exit code ${exitCode}: ${lines.join('\n')}`)
        }
      } finally {
        program.kill()
        await program
      }
    },
  }
}
