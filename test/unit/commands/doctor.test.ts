import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../../src/checks/index.ts'
import Doctor from '../../../src/commands/doctor.ts'
import { jsonOutput } from '../../json-output.ts'
import { cloudMachine, healthy } from '../checks/healthy.ts'
import { runCommand } from './run-command.ts'

const saved = { schemaVersion: 1, edgekit: '0.1.0', at: '2026-11-30T00:36:00.000Z', facts: healthy() }
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-doctor-'))
  await mkdir(join(directory, 'edgekit-support'))
  await writeFile(join(directory, 'edgekit-support/facts.json'), JSON.stringify(saved))
})
afterAll(() => rm(directory, { recursive: true }))

const doctor = (...args: string[]) => runCommand(Doctor, '--from', directory, ...args)

test.each([['.'], ['edgekit-support']])('--from takes an unpacked archive, %s', async path => {
  const { stdout, exitCode } = await runCommand(Doctor, '--from', join(directory, path))
  expect(stdout).toContain('This node works.')
  expect(exitCode).toBe(0)
})

test('a group stands for its checks', async () => {
  const { stdout, exitCode } = await doctor('broker', '--json')
  const found = jsonOutput('report', stdout).checks.map(({ group }) => group)
  expect({ groups: [...new Set(found)], exitCode }).toEqual({ groups: ['broker'], exitCode: 0 })
  expect(found.length).toBe(checks.filter(({ group }) => group === 'broker').length)
})

test.each([
  ['brokr', 'unknown check "brokr"; did you mean broker?'],
  ['clok', 'unknown check "clok"; did you mean clock?'],
])('doctor %s', async (name, words) => {
  expect(await doctor(name)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(words) })
})

test('named checks do not prove the node', async () => {
  expect((await doctor('clock')).stdout).toContain('\n1 check passed.\n')
})

test('a check that does not apply is shown with its reason', async () => {
  await writeFile(join(directory, 'facts.json'), JSON.stringify({ ...saved, facts: cloudMachine() }))
  const { stdout, exitCode } = await doctor('broker-port')
  expect(stdout).toContain('Skipped: edge nodes only.')
  expect(exitCode).toBe(0)
})
