import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleOnNode } from '../../lab/bundles/bundle.ts'
import { nextOnNode } from '../../lab/bundles/next-bundle.ts'
import { crashingEdgekit } from '../../lab/crash/executable.ts'
import { spread } from '../../lab/spread.ts'
import { table } from '../../lab/table.ts'
import { checkpoint } from '../../lab/vm/checkpoints.ts'
import { startMachine, type VirtualMachine } from '../../lab/vm/machine.ts'
import { vmReleases } from '../../lab/vm/tree.ts'
import { paths } from '../../src/node/paths.ts'

const minutes = 60_000
/** An emulated processor beside other work can be very slow. */
const commandMs = 20 * minutes
const testMs = 6 * 60 * minutes

const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'

/** Tests to run: those whose title matches, such as `bookworm: power cuts in an upgrade`. */
const chosen = new RegExp(process.env['EDGEKIT_TEST_VM'] ?? '')
/** Power cuts of them: those whose row in the table matches, such as `after ctr .*images import, then rollback`. */
const chosenCuts = new RegExp(process.env['EDGEKIT_TEST_CUTS'] ?? '')
/** How many of these power cuts to make in each command, evenly spread. */
const points = Number(process.env['EDGEKIT_TEST_POINTS'] ?? 5)

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

interface Command {
  what: string
  from: 'bare' | 'installed'
  /** Arguments of edgekit. */
  command: string
  ways: [string, Result][]
}

const commands: Command[] = [
  { what: 'install', from: 'bare', command: `install ${bundleOnNode}`, ways: afterInstall },
  {
    what: 'upgrade',
    from: 'installed',
    command: `upgrade ${nextOnNode} --yes --stable-for 10s`,
    ways: afterUpgrade,
  },
  { what: 'uninstall', from: 'installed', command: 'uninstall --yes --purge', ways: afterUninstall },
]

/** Rows for the table at the end. */
const results = [['case', 'result', 'time']]
afterAll(() => void process.stdout.write(`\n${table(results)}\n`))

/** Add a row to the table. Returns what is wrong; the other cases, which take hours, go on. */
async function noted(title: string, work: () => Promise<unknown>): Promise<string[]> {
  const started = Date.now()
  const row = [title, 'ok', '']
  results.push(row)
  try {
    await work()
    return []
  } catch (error) {
    row[1] = 'WRONG'
    process.stderr.write(`${inspect(error)}\n`)
    return [title]
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
  const titled = (title: string, work: () => Promise<string[]>): void => {
    const whole = `${release}: ${title}`
    test.runIf(chosen.test(whole))(whole, { timeout: testMs }, async () => expect(await work()).toEqual([]))
  }
  let machine: VirtualMachine
  let isInstalled = false

  beforeAll(async () => {
    machine = await startMachine(release)
    await machine.save('bare')
  }, testMs)
  afterAll(() => machine[Symbol.asyncDispose]())

  async function restore(from: Command['from']): Promise<void> {
    if (from === 'installed' && !isInstalled) {
      await machine.restore('bare')
      await machine.sh(install, commandMs)
      await machine.save('installed')
      isInstalled = true
    } else await machine.restore(from)
  }

  titled('install, power cut under load, uninstall', () =>
    noted(`${release}: install, power cut under load, uninstall`, async () => {
      await restore('installed')
      await expectWorks(machine, 4)
      await machine.sh('edgekit broker bench --qos 1 --rate 20 --duration 60s >/dev/null 2>&1 & sleep 20')
      await machine.powerCut()
      await machine.boot()
      await expectWorks(machine, 4)
      results.push([
        `${release}: from containerd ready to the first MQTT answer`,
        '',
        await brokerStart(machine),
      ])
      await machine.sh(uninstall, commandMs)
      await expectUntouched(machine)
    }),
  )
  if (release === 'forky') return

  for (const { what, from, command, ways } of commands)
    titled(`power cuts in an ${what}`, async () => {
      await restore(from)
      const done = await machine.checkpoints(
        what,
        `LAB_AFTER_CHANGE=${checkpoint} ${crashingEdgekit} ${command}`,
        commandMs,
      )
      const cuts = done.map((last, index) => {
        const titles = ways.map(([way]) => `${release}: ${what}, ${index + 1} after ${last}, then ${way}`)
        return {
          index,
          cases: ways.map(([, requireResult], at) => ({ title: titles[at] ?? '', requireResult })),
        }
      })
      const wanted = cuts
        .map(cut => ({ ...cut, cases: cut.cases.filter(({ title }) => chosenCuts.test(title)) }))
        .filter(({ cases }) => cases.length > 0)
      const wrong: string[] = []
      for (const { index, cases } of spread(wanted, points)) {
        const booted = noted(`${release}: ${what}, ${index + 1}: boot`, async () => {
          await machine.bootAt(what, index)
          await machine.save('cut')
        })
        wrong.push(...(await booted))
        for (const { title, requireResult } of cases)
          wrong.push(
            ...(await noted(title, async () => {
              await machine.restore('cut')
              await requireResult(machine)
            })),
          )
      }
      return wrong
    })
})
