// What an install costs on a node, and what the broker costs there from then on. Takes some minutes.
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareHost } from '../lab/host.ts'
import { bundleOnNode, startInstalledNode, startNodeWithBundle } from '../lab/machine/installed.ts'
import type { LabNode } from '../lab/machine/node.ts'
import type { Manifest } from '../src/bundle/manifest.ts'
import { measure } from './lib/measure.ts'
import { median } from './lib/pairs.ts'
import { plainInstall } from './lib/plain-install.ts'
import type { Row } from './lib/rows.ts'

const release = 'bookworm'
// Of a disk of a virtual machine, which is slow at times, the median of fewer says little.
const turns = 15
const edgekit = `${bundleOnNode}/edgekit install ${bundleOnNode}`
const timeoutMs = 300_000

const shown = (value: number, unit: string): string => `${value.toFixed(unit === 's' ? 2 : 1)} ${unit}`
const against = (what: string, value: number, limit: number, unit: string): Row => ({
  what,
  ours: shown(value, unit),
  reference: shown(limit, unit),
  ratio: value / limit,
  budget: 1,
})

/** Seconds that a command takes in the node. */
async function seconds(node: LabNode, command: string): Promise<number> {
  const started = performance.now()
  await node.sh(command, { timeoutMs })
  return (performance.now() - started) / 1000
}

/** The same on a node of its own, without the time to start that. */
async function onNewNode(command: string): Promise<number> {
  await using node = await startNodeWithBundle({ release, certificates: true })
  const { files } = JSON.parse(await node.read(`${bundleOnNode}/bundle.json`)) as Manifest
  await node.write('/root/sums', files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join(''))
  return await seconds(node, command)
}

const verify = `cd ${bundleOnNode} && sha256sum --check --quiet /root/sums`

async function wallTime(): Promise<Row[]> {
  const commands = { ours: edgekit, plain: plainInstall, verifying: `${verify} && { ${plainInstall} }` }
  const order = ['ours', 'plain', 'verifying'] as const
  const times: Record<(typeof order)[number], number>[] = []
  for (let turn = -1; turn < turns; turn++) {
    const time = { ours: 0, plain: 0, verifying: 0 }
    // What comes first meets a disk that has had time to rest.
    for (const which of turn % 2 ? order : order.toReversed()) time[which] = await onNewNode(commands[which])
    // The first turn warms the page cache.
    if (turn >= 0) times.push(time)
  }
  const row = (what: string, reference: 'plain' | 'verifying'): Row => ({
    what,
    ours: shown(median(times.map(({ ours }) => ours)), 's'),
    reference: shown(median(times.map(time => time[reference])), 's'),
    ratio: median(times.map(time => time.ours / time[reference])),
  })
  return [
    { ...row('install, against a plain script', 'plain'), budget: 1.25 },
    { ...row('the same, against one that verifies the bundle', 'verifying'), budget: 0.9 },
  ]
}

/** Peak resident memory of an install and of what it starts, in megabytes. */
async function peakMemory(): Promise<Row> {
  await using node = await startNodeWithBundle({ release, certificates: true })
  await node.copyIn('/usr/bin/time', '/root/time')
  const { stderr } = await node.run(`/root/time -f %M ${edgekit}`, { timeoutMs })
  return against('peak memory of an install', Number(stderr.trim().split('\n').at(-1)) / 1000, 120, 'MB')
}

const memoryOf = async (node: LabNode, program: string): Promise<number> =>
  Number(await node.sh(`ps -C ${program} -o rss= | sort -n | tail -1`)) / 1000

/** Percent of one core that processes take while nobody asks anything of them. */
async function idle(node: LabNode, programs: string): Promise<number> {
  const minute = 60
  const ticks = async () =>
    Number(
      await node.sh(
        `cat $(pidof ${programs} | sed -E 's#[0-9]+#/proc/&/stat#g') | awk '{n += $14 + $15} END {print n}'`,
      ),
    )
  const before = await ticks()
  await sleep(minute * 1000)
  // A tick is a hundredth of a second, so the quotient is percent.
  return ((await ticks()) - before) / minute
}

/** Seconds from containerd's readiness to the broker's first answer, at the boot after a power cut. */
async function startAtBoot(node: LabNode): Promise<number> {
  await node.powerCut()
  await node.boot()
  await node.sh('until systemctl is-active --quiet mosquitto; do sleep 0.2; done')
  const activeAt = async (unit: string) =>
    Number(await node.sh(`systemctl show --property=ActiveEnterTimestampMonotonic --value ${unit}`)) / 1e6
  return (await activeAt('mosquitto')) - (await activeAt('containerd'))
}

async function broker(): Promise<Row[]> {
  await using node = await startInstalledNode(release)
  const [, ...again] = (await measure(node, [edgekit], 6)).map(([time]) => time?.clock ?? 0)
  const start = await seconds(node, 'systemctl restart mosquitto')
  const boots = []
  for (let turn = 0; turn < 5; turn++) boots.push(await startAtBoot(node))
  const boot = median(boots)
  const rows = [
    against('install again, nothing to do', median(again), 0.6, 's'),
    against('restart of the broker, until it answers', start, 2, 's'),
    against('start after a power cut, from containerd ready to the first answer', boot, 1.5, 's'),
    against('memory of the broker', await memoryOf(node, 'mosquitto'), 20, 'MB'),
  ]
  for (const program of ['ctr', 'containerd-shim']) {
    const memory = await memoryOf(node, program)
    rows.push({
      what: `memory of its ${program}`,
      ours: shown(memory, 'MB'),
      reference: '-',
      ratio: memory / 20,
    })
  }
  return [...rows, against('idle, percent of a core', await idle(node, 'mosquitto ctr'), 1, '%')]
}

export default async function install(): Promise<Row[]> {
  await prepareHost()
  return [...(await wallTime()), await peakMemory(), ...(await broker())]
}
