#!/usr/bin/env node
// Entry point in a checkout; Node.js strips the types. The executable starts in src/main.ts.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Config } from '@oclif/core'
import { run } from '../src/cli/run.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const pjson = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
const config = await Config.load({ root, pjson, ignoreManifest: true, userPlugins: false })
await run(config, process.argv.slice(2))
