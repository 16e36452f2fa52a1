// A command that ends in the way its argument names.
import { guarded } from '../../../src/cli/guard.ts'

const [how = '', format] = process.argv.slice(2)
const never = new Promise<void>(() => {})
const ends: Record<string, () => Promise<void>> = {
  'says nothing': () => never,
  'sets 0 and says nothing': () => {
    process.exitCode = 0
    return never
  },
  'sets 3 and says nothing': () => {
    process.exitCode = 3
    return never
  },
  'exits early': async () => process.exit(),
  'is done': async () => {},
  'is done with 3': async () => {
    process.exitCode = 3
  },
}

async function main(): Promise<void> {
  await guarded(ends[how] ?? (() => never), { json: format === 'json' })
}

void main()
