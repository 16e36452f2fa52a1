/** Made by tools/commands.ts when the executable is built: the files under src/commands, and what oclif knows of them. */
declare module 'edgekit:commands' {
  import type { Command, Interfaces } from '@oclif/core'

  /** What oclif reads of package.json. */
  export const pjson: Interfaces.PJSON
  export const commands: readonly {
    /** Id, flags, arguments and help texts, so that help loads no command. */
    cached: Command.Cached
    import: () => Promise<{ default: Command.Class }>
  }[]
}
