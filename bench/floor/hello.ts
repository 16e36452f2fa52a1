// The least a program in an executable of ours can cost: no framework, one line of output.
import { parseArgs } from 'node:util'

const { positionals } = parseArgs({ allowPositionals: true })
process.stdout.write(`hello ${positionals[0] ?? 'world'}\n`)
