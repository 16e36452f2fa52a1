import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleOnNode } from '../../lab/bundles/bundle.ts'
import { releases } from '../../lab/machine/tree.ts'
import { startMachine, type VirtualMachine } from '../../lab/vm/machine.ts'
import { callLog, cutAfter } from '../../lab/vm/power-switch.ts'
import { paths } from '../../src/node/paths.ts'

const minutes = 60_000
/** An emulated processor beside other work can be very slow. */
const installMs = 15 * minutes
const caseMs = 60 * minutes

const edgekit = (command: string): string => `cd ${bundleOnNode} && ./edgekit ${command}`
const pauseImages = ['3.6', '3.8', '3.10'].map(version => `registry.k8s.io/pause:${version}`)
const brokerImage = 'docker.io/library/eclipse-mosquitto:2.0'
const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'

/** After how many of the calls that change something the power is cut: those whose command line matches. */
const chosen = new RegExp(process.env['EDGEKIT_TEST_VM'] ?? '')

/** What could not be checked in time is checked again. */
async function doctor(machine: VirtualMachine): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { exitCode, stdout } = await machine.run('edgekit doctor')
    if (exitCode !== 5 || attempt === 4) return `exit code ${exitCode}\n${stdout}`
  }
}

/** The node works, and so does each image. */
async function expectWorks(machine: VirtualMachine): Promise<void> {
  expect(await doctor(machine)).toMatch(/^exit code 0\n/)
  for (const image of pauseImages)
    expect(await machine.sh(`ctr -n k8s.io run --rm ${image} probe /busybox echo it runs`)).toBe('it runs')
  const version = `ctr -n k8s.io run --rm ${brokerImage} probe /usr/sbin/mosquitto -h | head -1`
  expect(await machine.sh(version)).toMatch(/^mosquitto version /)
}

/** Paths of empty files in snapshots, which some images have. */
const emptyFiles = (machine: VirtualMachine): Promise<string> =>
  machine.sh(`find ${snapshots} -type f -size 0 -printf '%P\\n' | cut -d / -f 2- | sort`)

/** Nothing of edgekit is left, and containerd has no image. */
async function expectUntouched(machine: VirtualMachine): Promise<void> {
  const left = `ls -d /etc/edgekit /opt/edgekit ${paths.state} ${paths.brokerUnit} ${paths.edgecore} 2>/dev/null`
  expect((await machine.run(left)).stdout).toBe('')
  expect(await machine.sh('ctr -n k8s.io images ls -q; ctr -n k8s.io snapshots ls | tail -n +2')).toBe('')
}

/** Rows for the table at the end. */
const results: string[][] = []

async function noted(row: string[], work: () => Promise<void>): Promise<void> {
  const started = Date.now()
  const entry = [...row, 'WRONG', '']
  results.push(entry)
  try {
    await work()
    entry[row.length] = 'ok'
  } finally {
    entry[row.length + 1] = `${Math.round((Date.now() - started) / 1000)} s`
  }
}

/** A command line without what is the same in all of them. */
const shortened = (call: string): string =>
  call.replaceAll(
    /--namespace \S+ |--platform \S+ |\/var\/lib\/edgekit\/images\/|io\.cri-containerd\.|@sha256:\S+/g,
    '',
  )

describe.each(releases)('%s', release => {
  let machine: VirtualMachine
  let calls: string[] = []
  let empty = ''

  beforeAll(async () => {
    machine = await startMachine(release)
    await machine.save()
    await machine.sh(`touch ${callLog}; ${edgekit('install')}`, installMs)
    calls = (await machine.sh(`cat ${callLog}`)).split('\n')
    empty = await emptyFiles(machine)
  }, caseMs)
  afterAll(() => machine[Symbol.asyncDispose]())

  test('an installed node works, also after a power cut', { timeout: caseMs }, () =>
    noted([release, 'the install', 'boot'], async () => {
      await expectWorks(machine)
      await machine.powerCut()
      await machine.boot()
      await expectWorks(machine)
    }),
  )

  test('a power cut during an install is finished or rolled back', { timeout: 100 * caseMs }, async () => {
    const failures: unknown[] = []
    for (const [index, call] of calls.entries()) {
      if (!chosen.test(call)) continue
      for (const way of ['install', 'rollback'] as const) {
        const attempt = noted([release, shortened(call), way], async () => {
          await machine.restore()
          await machine.untilPowerCut(
            `touch ${callLog}; echo '^${index + 1} ' >${cutAfter}; ${edgekit('install')}`,
            installMs,
          )
          await machine.boot()
          if (way === 'rollback') {
            await machine.sh(edgekit('rollback'), installMs)
            await expectUntouched(machine)
          }
          expect(await machine.sh(edgekit('install'), installMs)).toContain('This node works.')
          await expectWorks(machine)
          expect(await emptyFiles(machine)).toBe(empty)
        })
        await attempt.catch((error: unknown) => failures.push(`${call}, then ${way}: ${String(error)}`))
      }
    }
    expect(failures).toEqual([])
  })
})

afterAll(() => {
  const table = [['release', 'power cut after', 'then', 'result', 'time'], ...results]
  const width = (column: number): number => Math.max(...table.map(row => row[column]?.length ?? 0))
  const lines = table.map(row =>
    row
      .map((text, column) => text.padEnd(width(column)))
      .join('  ')
      .trimEnd(),
  )
  process.stdout.write(`\n${lines.join('\n')}\n`)
})
