// Entry point of the shipped executable. Its commands are part of the build, and it reads nothing from disk: no user
// plugins, no theme, no package.json. A checkout starts in bin/edgekit.js.

import { commands, pjson } from 'edgekit:commands'
import { dirname } from 'node:path'
import { Config, Plugin } from '@oclif/core'
import { run } from './cli/run.ts'
import { allowUserWithoutAccount } from './node/user-without-account.ts'
import { print } from './ui/print.ts'

process.env['EDGEKIT_DISABLE_THEME'] = '1'
// Deprecation warnings are for developers, not for operators (mqtt 5.16 uses url.parse).
process.noDeprecation = true
allowUserWithoutAccount(process.env)

class ShippedPlugin extends Plugin {
  override async load(): Promise<void> {
    await super.load()
    this.commands = commands.map(({ cached, import: load }) => ({
      ...cached,
      load: async () => {
        const { default: command } = await load()
        command.id = cached.id
        command.plugin = this
        return command
      },
    }))
  }
}

// One line: the stack of a minified file is of no use.
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  print(`edgekit: internal error: ${error.message}\n`, process.stderr)
  process.exit(1)
})

async function main(): Promise<void> {
  const root = dirname(process.execPath)
  const plugin = new ShippedPlugin({ isRoot: true, root, pjson, ignoreManifest: true })
  await plugin.load()
  const config = await Config.load({ root, pjson, plugins: new Map([[plugin.name, plugin]]) })
  await run(config, process.argv.slice(2))
}

void main()
