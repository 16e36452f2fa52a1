import { stripVTControlCharacters } from 'node:util'
import { CommandHelp, Help } from '@oclif/core'
import { wrap } from '../ui/text.ts'

/** What oclif has no setting for. */
class EdgekitCommandHelp extends CommandHelp {
  /** One short usage line: that of oclif joins flags that exclude each other, and fails when three or more do. */
  protected override defaultUsage(): string {
    const args = Object.values(this.command.args).map(arg => {
      const name = `${arg.name.toUpperCase()}${arg.multiple ? '...' : ''}`
      return arg.required ? name : `[${name}]`
    })
    return [this.command.id, ...args, '[FLAGS]'].join(' ')
  }

  /** Values with blanks between them, where a line can break. */
  protected override flags(flags: Parameters<CommandHelp['flags']>[0]): ReturnType<CommandHelp['flags']> {
    return super
      .flags(flags)
      ?.map(([left, right]) => [
        left?.replace('=<option>', '=VALUE'),
        right?.replace(/\n<options: (.*)>$/, (_, values: string) => `: ${values.replaceAll('|', ', ')}`),
      ])
  }

  /** oclif makes a list with each description below its name two columns too wide. */
  override renderList(...[input, options]: Parameters<CommandHelp['renderList']>): string {
    const list = super.renderList(input, options)
    const widest = this.opts.maxWidth - options.indentation
    const isTooWide = list.split('\n').some(line => stripVTControlCharacters(line).length > widest)
    return isTooWide ? super.renderList(input, { ...options, indentation: options.indentation + 2 }) : list
  }

  /** Also `sudo edgekit …` is a command. */
  protected override examples(
    examples: Parameters<CommandHelp['examples']>[0],
  ): ReturnType<CommandHelp['examples']> {
    return [examples ?? []]
      .flat()
      .map(example => `$ ${typeof example === 'string' ? example : example.command}`)
      .join('\n\n')
  }
}

/** The output of `--help`. */
export class EdgekitHelp extends Help {
  protected override CommandHelpClass = EdgekitCommandHelp

  /** oclif leaves the first line of a text as it is. Commands are not broken. */
  protected override log(...parts: string[]): void {
    const lines = parts.join(' ').split('\n')
    super.log(lines.map(line => (/^ *\$ /.test(line) ? line : wrap(line))).join('\n'))
  }
}
