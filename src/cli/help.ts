import { CommandHelp, Help } from '@oclif/core'

/** One short usage line: that of oclif joins flags that exclude each other, and fails when three or more do. */
class EdgekitCommandHelp extends CommandHelp {
  protected override defaultUsage(): string {
    const args = Object.values(this.command.args).map(arg => {
      const name = `${arg.name.toUpperCase()}${arg.multiple ? '...' : ''}`
      return arg.required ? name : `[${name}]`
    })
    return [this.command.id, ...args, '[FLAGS]'].join(' ')
  }
}

/** The output of `--help`. */
export class EdgekitHelp extends Help {
  protected override CommandHelpClass = EdgekitCommandHelp
}
