// The lower bound for any executable: no framework, one line of output.
import { parseArgs } from 'node:util'

const { positionals } = parseArgs({ allowPositionals: true })
process.stdout.write(`hello ${positionals[0] ?? 'world'}\n`)
