// How long the doctor takes on a node of the lab, against the checklist gone through by hand, and how much memory.

import { prepareHost } from '../lab/host.ts'
import { startInstalledNode } from '../lab/machine/installed.ts'
import { formatBytes } from '../src/lib/format.ts'
import { requireOnHost } from '../tools/require-on-host.ts'
import { checklist } from './lib/checklist.ts'
import { measure, type Time } from './lib/measure.ts'
import { median } from './lib/pairs.ts'
import type { Row } from './lib/rows.ts'

const pairs = 11
/** Seconds. */
const mostTime = { healthy: 1, hung: 4 }
const mostMemory = 110_000_000

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
  await node.write('/root/checklist', checklist)
  await node.sh('sh /root/checklist')
  const [, ...runs] = await measure(node, ['edgekit doctor', 'sh /root/checklist'], pairs + 1)
  const both = (unit: keyof Time) =>
    runs.map(([doctor, byHand]) => ({ ours: doctor?.[unit] ?? 0, reference: byHand?.[unit] ?? 1 }))
  const compared = (what: string, unit: keyof Time): Row => ({
    what,
    ours: shown(median(both(unit).map(({ ours }) => ours))),
    reference: shown(median(both(unit).map(({ reference }) => reference))),
    ratio: median(both(unit).map(({ ours, reference }) => ours / reference)),
  })
  const { stderr } = await node.run('/root/time -f %M edgekit doctor')
  const memory = Number(stderr.trim().split('\n').at(-1)) * 1024
  await node.sh('kill -STOP $(pidof containerd)')
  const hung = await measure(node, ['edgekit doctor'], 3)
  await node.sh('kill -CONT $(pidof containerd)')
  return [
    against('a healthy node', median(both('clock').map(({ ours }) => ours)), mostTime.healthy),
    { ...compared('a healthy node, against the checklist by hand', 'clock'), budget: 3 },
    compared('the same, processor time', 'processor'),
    against('containerd hangs', median(hung.map(([run]) => run?.clock ?? 0)), mostTime.hung),
    {
      what: 'peak memory',
      ours: formatBytes(memory),
      reference: formatBytes(mostMemory),
      ratio: memory / mostMemory,
      budget: 1,
    },
  ]
}
