import { Config } from '@oclif/core'
import { vi } from 'vitest'
import type { EdgekitCommand } from '../../../src/cli/command.ts'

type CommandClass = new (argv: string[], config: Config) => EdgekitCommand

/** Enough of oclif's configuration for one command; loading all commands takes seconds. */
export const testConfig = Object.assign(new Config({ root: process.cwd() }), {
  bin: 'edgekit',
  name: 'edgekit',
  version: '0.0.0-test',
  pjson: { oclif: {} },
  plugins: new Map(),
  runHook: () => Promise.resolve({ successes: [], failures: [] }),
})

export interface CommandResult {
  stdout: string
  stderr: string
  exitCode: number
}

/** Run a command in this process, as a user would in a shell. */
export async function runCommand(Command: CommandClass, ...args: string[]): Promise<CommandResult> {
  const printed = { stdout: '', stderr: '' }
  const capture = (name: keyof typeof printed) =>
    vi.spyOn(process[name], 'write').mockImplementation(text => {
      printed[name] += String(text)
      return true
    })
  const log = vi.spyOn(console, 'log').mockImplementation(text => {
    printed.stdout += `${text}\n`
  })
  const spies = [capture('stdout'), capture('stderr'), log]
  try {
    await new Command(args, testConfig)['_run']<unknown>()
    return { ...printed, exitCode: Number(process.exitCode ?? 0) }
  } finally {
    for (const spy of spies) spy.mockRestore()
    process.exitCode = undefined
  }
}
