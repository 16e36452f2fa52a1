// Startup time of edgekit, against an empty program of the same Node.js.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { edgekitExecutable } from '../lab/bundles/executable.ts'
import { edgekit } from '../tools/edgekit.ts'
import { hostArch, nodeRuntime } from '../tools/node-runtime.ts'
import { buildSea, type SeaOptions } from '../tools/sea.ts'
import { compare } from './lib/pairs.ts'
import type { Row } from './lib/rows.ts'

const budget = 2.6

/** Executables that do part of what edgekit does, to show where the time goes. */
const floors: { what: string; program: string; options?: Partial<SeaOptions> }[] = [
  { what: 'one line of output', program: 'hello' },
  { what: 'all of edgekit included, nothing run', program: 'included', options: edgekit },
  { what: '@oclif/core loaded, as edgekit ships it', program: 'framework', options: edgekit },
  { what: '@oclif/core loaded, unmodified', program: 'framework' },
]

const shown = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`

function run(file: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0)
    throw error ?? new Error(`${file} ${args.join(' ')} failed with exit code ${status}: ${stderr}`)
}

export default async function startup(): Promise<Row[]> {
  const arch = hostArch()
  const node = await nodeRuntime(arch)
  const measure = async (what: string, file: string, ...args: string[]): Promise<Row> => {
    const { ours, reference, ratio } = await compare(
      () => run(file, args),
      () => run(node, ['-e', '0']),
    )
    return { what, ours: shown(ours), reference: shown(reference), ratio }
  }

  const executable = await edgekitExecutable(arch)
  const rows: Row[] = []
  for (const option of ['--version', '--help']) {
    rows.push({ ...(await measure(`edgekit ${option}`, executable, option)), budget })
  }
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-bench-'))
  try {
    const output = join(directory, 'floor')
    for (const { what, program, options } of floors) {
      await buildSea({ ...options, entry: join(import.meta.dirname, 'floor', `${program}.ts`), arch, output })
      rows.push(await measure(what, output))
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return rows
}
