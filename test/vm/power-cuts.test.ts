import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleOnNode } from '../../lab/bundles/bundle.ts'
import { nextOnNode } from '../../lab/bundles/next-bundle.ts'
import { reached } from '../../lab/crash/cut.ts'
import { crashingEdgekit } from '../../lab/crash/executable.ts'
import { table } from '../../lab/table.ts'
import { startMachine, type VirtualMachine } from '../../lab/vm/machine.ts'
import { callLog, cutAfter } from '../../lab/vm/power-switch.ts'
import { vmReleases } from '../../lab/vm/tree.ts'
import { paths } from '../../src/node/paths.ts'

const minutes = 60_000
/** An emulated processor beside other work can be very slow. */
const commandMs = 20 * minutes
const caseMs = 60 * minutes

const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'

/** Cases to run: those whose title matches, such as `bookworm: upgrade, images import .*pause-3.8, rollback`. */
const chosen = new RegExp(process.env['EDGEKIT_TEST_VM'] ?? '')

const install = `cd ${bundleOnNode} && ./edgekit install`
const upgrade = `edgekit upgrade ${nextOnNode} --yes --stable-for 10s`
const uninstall = `cd ${bundleOnNode} && ./edgekit uninstall --yes --purge`
const rollback = `cd ${bundleOnNode} && ./edgekit rollback`

/** What could not be checked in time is checked again. */
async function doctor(machine: VirtualMachine): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { exitCode, stdout } = await machine.run('edgekit doctor')
    if (exitCode !== 5 || attempt === 12) return `exit code ${exitCode}\n${stdout}`
  }
}

/** Files in the snapshots that are empty, without mount points of containers, and those that are so in their layers. */
const emptyFiles = `find ${snapshots}/*/fs -type f -size 0 -printf '%P\\n' | sed -E '\\:^etc/(hosts|resolv.conf)$:d' | sort -u`
const emptyInLayers = `for blob in $(ctr -n k8s.io content ls -q); do
    ctr -n k8s.io content get $blob | zcat -f 2>/dev/null | tar tv 2>/dev/null
  done | awk '$1 ~ /^-/ && $3 == 0 && $6 !~ /\\.wh\\./ {sub(/^\\.\\//, "", $6); print $6}' | sort -u`

/** The node works, and so does each image. */
async function expectWorks(machine: VirtualMachine, imageCount: number): Promise<void> {
  expect(await doctor(machine)).toMatch(/^exit code 0\n/)
  expect(await machine.sh(emptyFiles)).toBe(await machine.sh(emptyInLayers))
  const images = (await machine.sh("ctr -n k8s.io images ls -q | grep -v -e @ -e '^sha256:'")).split('\n')
  expect(images).toHaveLength(imageCount)
  for (const image of images) {
    const run = `ctr -n k8s.io run --rm ${image} probe`
    if (image.includes('pause')) expect(await machine.sh(`${run} /busybox echo it runs`)).toBe('it runs')
    else expect(await machine.sh(`${run} /usr/sbin/mosquitto -h | head -1`)).toMatch(/^mosquitto version /)
  }
}

async function expectInstalled(machine: VirtualMachine): Promise<void> {
  expect(await machine.sh(install, commandMs)).toMatch(/This node works\.|Nothing to do/)
  await expectWorks(machine, 4)
}

async function expectUpgraded(machine: VirtualMachine): Promise<void> {
  expect(await machine.sh(upgrade, commandMs)).toMatch(/This node works\.|Nothing to do/)
  // Debian 12's containerd starts pods with pause 3.6, which therefore stays.
  await expectWorks(machine, machine.release === 'bookworm' ? 3 : 2)
  expect(await machine.sh(`cmp ${paths.edgecore} ${nextOnNode}/bin/edgecore`)).toBe('')
}

/** Nothing of edgekit is left, and containerd has no image. */
async function expectUntouched(machine: VirtualMachine): Promise<void> {
  const left = `ls -d /etc/edgekit /opt/edgekit ${paths.state} ${paths.brokerUnit} ${paths.edgecore} 2>/dev/null`
  expect((await machine.run(left)).stdout).toBe('')
  expect(await machine.sh('ctr -n k8s.io images ls -q; ctr -n k8s.io snapshots ls | tail -n +2')).toBe('')
}

type Result = (machine: VirtualMachine) => Promise<unknown>

/** What to do after the power cut, and what must come of it. */
const afterInstall: [string, Result][] = [
  ['again', expectInstalled],
  [
    'rollback',
    async machine => {
      await machine.sh(rollback, commandMs)
      await expectUntouched(machine)
      await expectInstalled(machine)
    },
  ],
]
const afterUpgrade: [string, Result][] = [
  ['again', expectUpgraded],
  ['rollback', machine => machine.sh(rollback, commandMs).then(() => expectInstalled(machine))],
]
const afterUninstall: [string, Result][] = [
  ['again', machine => machine.sh(uninstall, commandMs).then(() => expectUntouched(machine))],
  ['install', expectInstalled],
]

/** After a call that changes something, as an extended regular expression, or after a file is renamed into place. */
type Point = { call: string } | { file: string }

interface Command {
  what: string
  from: 'bare' | 'installed'
  command: string
  points: Point[]
  ways: [string, Result][]
}

const calls = (...patterns: string[]): Point[] => patterns.map(pattern => ({ call: pattern }))
const files = (...names: string[]): Point[] => names.map(name => ({ file: name }))

const commands: Command[] = [
  {
    what: 'install',
    from: 'bare',
    command: install,
    points: [
      ...calls(
        'images import .*eclipse',
        'images import .*pause-3.6',
        'images import .*pause-3.8',
        'images import .*pause-3.10',
      ),
      ...calls(
        'sync',
        'systemctl restart .*mosquitto',
        'systemctl restart .*edgecore',
        'systemctl daemon-reload',
      ),
      ...files(paths.program, paths.brokerConfig, paths.brokerUnit, paths.edgecore, paths.installedManifest),
    ],
    ways: afterInstall,
  },
  {
    what: 'upgrade',
    from: 'installed',
    command: upgrade,
    points: calls(
      'images import .*pause-3.8',
      'sync',
      'systemctl restart .*mosquitto',
      'systemctl restart .*edgecore',
      'images rm',
    ),
    ways: afterUpgrade,
  },
  {
    what: 'uninstall',
    from: 'installed',
    command: uninstall,
    points: calls(
      'systemctl stop .*edgecore',
      'systemctl stop .*mosquitto',
      'images rm .*pause:3.10',
      'images rm .*eclipse',
      'systemctl daemon-reload',
    ),
    ways: afterUninstall,
  },
]

/** Rows for the table at the end. */
const results = [['case', 'result', 'time']]
afterAll(() => void process.stdout.write(`\n${table(results)}\n`))

async function noted(title: string, work: () => Promise<void>): Promise<void> {
  const started = Date.now()
  const row = [title, 'WRONG', '']
  results.push(row)
  try {
    await work()
    row[1] = 'ok'
  } catch (error) {
    // The other cases take hours.
    process.stderr.write(`${inspect(error)}\n`)
    throw error
  } finally {
    row[2] = `${Math.round((Date.now() - started) / 1000)} s`
    process.stderr.write(`${row.join('  ')}\n`)
  }
}

/** How long the broker took after containerd to answer MQTT, at this boot, in seconds. */
async function brokerStart(machine: VirtualMachine): Promise<string> {
  const active = 'systemctl show --property ActiveEnterTimestampMonotonic --value'
  const [containerd = 0, broker = 0] = (await machine.sh(`${active} containerd; ${active} mosquitto`))
    .split('\n')
    .map(Number)
  return `${((broker - containerd) / 1e6).toFixed(1)} s`
}

describe.each(vmReleases)('%s', release => {
  const titleOf = (...words: string[]): string => `${release}: ${words.join(', ')}`
  let machine: VirtualMachine
  let isInstalled = false

  beforeAll(async () => {
    machine = await startMachine(release)
    await machine.save('bare')
  }, caseMs)
  afterAll(() => machine[Symbol.asyncDispose]())

  async function restore(from: Command['from']): Promise<void> {
    if (from === 'installed' && !isInstalled) {
      await machine.restore('bare')
      await machine.sh(install, commandMs)
      await machine.save('installed')
      isInstalled = true
    } else await machine.restore(from)
  }

  async function cut(command: string, point: Point): Promise<void> {
    await machine.untilPowerCut(
      'call' in point
        ? `touch ${callLog}; echo '${point.call}' >${cutAfter}; ${command}`
        : `(until [ -e ${reached} ]; do sleep 0.02; done; echo b >/proc/sysrq-trigger) &
           LAB_CUT_ID=${point.file} LAB_CUT='after change' LAB_CUT_POWER=yes ${crashingEdgekit} install ${bundleOnNode}`,
      commandMs,
    )
    await machine.boot()
  }

  const running = titleOf('install, power cut while it runs, uninstall')
  test.runIf(chosen.test(running))(running, { timeout: caseMs }, () =>
    noted(running, async () => {
      await restore('installed')
      await expectWorks(machine, 4)
      await machine.powerCut()
      await machine.boot()
      await expectWorks(machine, 4)
      results.push([titleOf('MQTT answers after containerd is ready'), '', await brokerStart(machine)])
      await machine.sh(uninstall, commandMs)
      await expectUntouched(machine)
    }),
  )
  if (release === 'forky') return

  for (const { what, from, command, points, ways } of commands)
    for (const point of points)
      for (const [way, requireResult] of ways) {
        const title = titleOf(what, 'call' in point ? point.call : `rename to ${point.file}`, way)
        test.runIf(chosen.test(title))(title, { timeout: caseMs }, () =>
          noted(title, async () => {
            await restore(from)
            await cut(command, point)
            await requireResult(machine)
          }),
        )
      }
})
