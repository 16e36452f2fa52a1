#!/usr/bin/env node
// Start from a source checkout: Node.js strips the types itself. The shipped executable starts in src/main.ts.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { execute } from '@oclif/core'

const root = fileURLToPath(new URL('..', import.meta.url))
const pjson = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
await execute({ loadOptions: { root, pjson, ignoreManifest: true, userPlugins: false } })
