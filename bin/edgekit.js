#!/usr/bin/env node
// Entry point in a checkout; Node.js strips the types. The executable starts in src/main.ts.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Config, execute } from '@oclif/core'
import { reportError } from '../src/cli/report-error.ts'
import { unknownCommand } from '../src/cli/unknown-command.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pjson = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const config = await Config.load({ root, pjson, ignoreManifest: true, userPlugins: false })
const args = process.argv.slice(2)
const unknown = unknownCommand(args, config.commandIDs)
if (unknown) reportError(unknown, { json: args.includes('--json') })
else await execute({ loadOptions: config })
