import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startMosquitto } from '../../lab/brokers/mosquitto.ts'
import type { LabBroker } from '../../lab/brokers/program.ts'
import { print } from '../../lab/print.ts'
import { statusOf, testAll, verdictsIn } from '../brokers/golden.ts'

const hour = 3_600_000
const runs = { quiet: 50, busy: 20 }

let broker: LabBroker
let state: string
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'edgekit-broker-test-'))
  vi.stubEnv('XDG_STATE_HOME', state)
  broker = await startMosquitto('trixie')
})
afterAll(async () => {
  await broker.stop()
  await rm(state, { recursive: true })
})

/** Run all tests on the same broker, which nothing of an earlier run may change. Returns what was not as in the golden file. */
async function differences(count: number): Promise<string[]> {
  const golden = await verdictsIn('mosquitto-2.0.21')
  const found: string[] = []
  for (let run = 1; run <= count; run += 1) {
    const { tests, durationMs } = await testAll(broker)
    const different = tests.filter(result => golden(result) !== statusOf(result))
    found.push(
      ...different.map(({ id, version, observed }) => `run ${run}: ${id} (MQTT ${version}): ${observed}`),
    )
    print(`run ${run} of ${count}: ${(durationMs / 1000).toFixed(1)} s, ${different.length} differences`)
  }
  return found
}

test(`${runs.quiet} runs have the same verdicts`, { timeout: hour }, async () => {
  expect(await differences(runs.quiet)).toEqual([])
})

test(`${runs.busy} runs on a busy machine have the same verdicts`, { timeout: hour }, async () => {
  const busy = Array.from(
    { length: 2 * availableParallelism() },
    (): ChildProcess => spawn(process.execPath, ['--eval', 'for (;;);'], { stdio: 'ignore' }),
  )
  try {
    expect(await differences(runs.busy)).toEqual([])
  } finally {
    for (const process of busy) process.kill('SIGKILL')
  }
})
