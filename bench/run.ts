// npm run bench -- NAME: runs bench/NAME.ts. Exit code 1: a budget is missed; 2: there is no such benchmark.
import { readdir } from 'node:fs/promises'
import { missed, type Row, table } from './lib/rows.ts'

const names = (await readdir(import.meta.dirname))
  .filter(file => file.endsWith('.ts') && file !== 'run.ts')
  .map(file => file.slice(0, -'.ts'.length))
const [name] = process.argv.slice(2)

if (name === undefined || !names.includes(name)) {
  process.stderr.write(`usage: npm run bench -- NAME, where NAME is ${names.join(', ')}\n`)
  process.exitCode = 2
} else {
  const { default: bench } = (await import(`./${name}.ts`)) as { default: () => Promise<Row[]> }
  const rows = await bench()
  process.stdout.write(table(rows))
  process.exitCode = rows.some(missed) ? 1 : 0
}
