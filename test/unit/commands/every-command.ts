import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Interfaces } from '@oclif/core'
import type { EdgekitCommand } from '../../../src/cli/command.ts'

type CommandClass = Pick<typeof EdgekitCommand, 'args' | 'flags' | 'baseFlags' | 'id'> &
  Partial<Pick<typeof EdgekitCommand, 'examples'>> &
  (new (
    ...args: ConstructorParameters<typeof EdgekitCommand>
  ) => EdgekitCommand)

export interface EveryCommand {
  /** As oclif writes it: `cache:ls`. */
  id: string
  Command: CommandClass
  args: Interfaces.ArgInput
  flags: Interfaces.FlagInput
}

/** Every file in src/commands: a new command is tested without being named. */
export const everyCommand: readonly EveryCommand[] = await Promise.all(
  globSync('src/commands/**/*.ts')
    .toSorted()
    .map(async file => {
      const { default: Command } = (await import(resolve(file))) as { default: CommandClass }
      const id = file
        .replace(/^src\/commands\//, '')
        .replace(/\.ts$/, '')
        .replaceAll('/', ':')
      Command.id = id
      return { id, Command, args: Command.args, flags: { ...Command.baseFlags, ...Command.flags } }
    }),
)

/** A value that the parser accepts. */
export const acceptable = ({ options }: { options?: readonly string[] }): string => options?.[0] ?? '1'
