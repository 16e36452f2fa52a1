// How long the doctor takes, and how much memory, on a node of the lab.

import { formatBytes } from '../src/format.ts'
import { prepareHost } from '../test/lab/host.ts'
import { startInstalledNode } from '../test/lab/installed.ts'
import type { LabNode } from '../test/lab/node.ts'
import { requireOnHost } from '../tools/host.ts'
import { median } from './lib/pairs.ts'
import type { Row } from './lib/rows.ts'

const pairs = 11
/** Seconds. */
const mostTime = { healthy: 1, hung: 4 }
const mostMemory = 110_000_000

/** Seconds that each command takes, by the clock of the node itself: entering it costs more than some of them. */
async function seconds(node: LabNode, commands: readonly string[], times: number): Promise<number[][]> {
  const timed = commands.map(
    command => `s=\${EPOCHREALTIME/./}; ${command} >/dev/null; echo -n "$((\${EPOCHREALTIME/./} - s)) "`,
  )
  const lines = await node.sh(`for _ in $(seq ${times}); do ${timed.join('\n')}; echo; done`, {
    timeoutMs: 300_000,
  })
  const runs = lines
    .trim()
    .split('\n')
    .map(line => line.trim().split(' ').map(Number))
  return runs.map(run => run.map(microseconds => microseconds / 1e6))
}

const shown = (value: number): string => `${value.toFixed(2)} s`
const against = (what: string, ours: number, limit: number): Row => ({
  what,
  ours: shown(ours),
  reference: shown(limit),
  ratio: ours / limit,
  budget: 1,
})

export default async function doctor(): Promise<Row[]> {
  await prepareHost()
  await requireOnHost('measuring memory', { '/usr/bin/time': 'time' })
  await using node = await startInstalledNode('bookworm')
  await node.copyIn('/usr/bin/time', '/root/time')
  const [, ...runs] = await seconds(node, ['edgekit doctor', 'edgekit --version'], pairs + 1)
  const ours = median(runs.map(([run = 0]) => run))
  const reference = median(runs.map(([, run = 0]) => run))
  const ratio = median(runs.map(([one = 0, other = 1]) => one / other))
  const { stderr } = await node.run('/root/time -f %M edgekit doctor')
  const memory = Number(stderr.trim().split('\n').at(-1)) * 1024
  await node.sh('kill -STOP $(pidof containerd)')
  const hung = await seconds(node, ['edgekit doctor'], 3)
  await node.sh('kill -CONT $(pidof containerd)')
  return [
    against('a healthy node', ours, mostTime.healthy),
    {
      what: 'a healthy node, against `--version`',
      ours: shown(ours),
      reference: shown(reference),
      ratio,
      budget: 3,
    },
    against('containerd hangs', median(hung.map(([run = 0]) => run)), mostTime.hung),
    {
      what: 'peak memory',
      ours: formatBytes(memory),
      reference: formatBytes(mostMemory),
      ratio: memory / mostMemory,
      budget: 1,
    },
  ]
}
