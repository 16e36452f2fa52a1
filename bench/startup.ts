// What it costs to start edgekit, against an empty program of the same Node.js.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { edgekitExecutable } from '../test/lab/executable.ts'
import { hostArch, nodeRuntime } from '../tools/runtime.ts'
import { buildSea } from '../tools/sea.ts'
import { compare } from './lib/pairs.ts'
import type { Row } from './lib/rows.ts'

const budget = 2.4

function run(file: string, args: readonly string[] = []): void {
  const { status, error, stderr } = spawnSync(file, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  if (status !== 0) throw error ?? new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}`)
}

const shown = (milliseconds: number): string => `${milliseconds.toFixed(1)} ms`

export default async function startup(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'edgekit-bench-'))
  try {
    const arch = hostArch()
    const node = await nodeRuntime(arch)
    const edgekit = await edgekitExecutable(arch)
    const row = async (what: string, file: string, args: string[], limit?: number): Promise<Row> => {
      const { ours, reference, ratio } = await compare(
        () => run(file, args),
        () => run(node, ['-e', '0']),
      )
      return {
        what,
        ours: shown(ours),
        reference: shown(reference),
        ratio,
        ...(limit !== undefined && { budget: limit }),
      }
    }
    const rows = [
      await row('edgekit --version', edgekit, ['--version'], budget),
      await row('edgekit --help', edgekit, ['--help'], budget),
    ]
    for (const floor of ['hello', 'framework']) {
      const output = join(directory, floor)
      await buildSea({ entry: join(import.meta.dirname, 'floor', `${floor}.ts`), arch, output })
      rows.push(await row(`floor: ${floor}`, output, []))
    }
    return rows
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
