import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checks } from '../../../src/checks/index.ts'
import CacheLs from '../../../src/commands/cache/ls.ts'
import CachePrune from '../../../src/commands/cache/prune.ts'
import Doctor from '../../../src/commands/doctor.ts'
import EdgecoreExplain from '../../../src/commands/edgecore/explain.ts'
import EdgecorePatch from '../../../src/commands/edgecore/patch.ts'
import Inspect from '../../../src/commands/inspect.ts'
import Verify from '../../../src/commands/verify.ts'
import { jsonOutput } from '../../json-output.ts'
import { bundleFiles } from '../install/bundle.ts'
import { runCommand } from './run-command.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-json-'))
})
afterAll(() => rm(directory, { recursive: true }))

async function unpackedBundle(): Promise<string> {
  const bundle = join(directory, 'bundle')
  const { manifest, files } = bundleFiles()
  for (const [path, content] of [...files, ['bundle.json', JSON.stringify(manifest)]] as const) {
    await mkdir(dirname(join(bundle, path)), { recursive: true })
    await writeFile(join(bundle, path), content)
  }
  return bundle
}

test('cache ls and cache prune', async () => {
  const cache = ['--cache', join(directory, 'cache'), '--json']
  expect(jsonOutput('cache-ls', (await runCommand(CacheLs, ...cache)).stdout).blobs).toBe(0)
  expect(jsonOutput('cache-prune', (await runCommand(CachePrune, ...cache)).stdout).removed).toBe(0)
})

test('doctor --list and doctor --explain', async () => {
  const list = jsonOutput('doctor-list', (await runCommand(Doctor, '--list', '--json')).stdout)
  expect(list.checks.map(({ id }) => id)).toEqual(checks.map(({ id }) => id))
  const { stdout } = await runCommand(Doctor, '--explain', 'broker-round-trip', '--json')
  expect(jsonOutput('doctor-explain', stdout)).toMatchObject({ id: 'broker-round-trip', group: 'broker' })
})

test('edgecore explain', async () => {
  const log = 'test/fixtures/edgecore-logs/broker-down-then-up-then-restart.log'
  const { stdout, exitCode } = await runCommand(EdgecoreExplain, log, '--json')
  expect(jsonOutput('edgecore-explain', stdout).state).toBe('up')
  expect(exitCode).toBe(0)
})

test('edgecore patch', async () => {
  const file = join(directory, 'edgecore.yaml')
  await writeFile(file, 'modules:\n  eventBus: { enable: true, mqttMode: 0 }\n')
  const { stdout } = await runCommand(EdgecorePatch, file, '--json')
  expect(jsonOutput('edgecore-patch', stdout)).toMatchObject({ written: true })
})

test('inspect and verify of an unpacked bundle', async () => {
  const bundle = await unpackedBundle()
  const show = async (...flags: string[]) => (await runCommand(Inspect, bundle, '--json', ...flags)).stdout
  const { images, files } = jsonOutput('inspect', await show())
  expect(jsonOutput('inspect-images', await show('--images')).images).toEqual(images)
  expect(jsonOutput('inspect-files', await show('--files')).files).toEqual(files)
  const verified = await runCommand(Verify, bundle, '--json')
  expect(jsonOutput('verify', verified.stdout)).toMatchObject({ signature: 'none' })
})

test('a command that fails prints the error', async () => {
  const failed = await runCommand(Doctor, '--explain', 'broker-round-tripp', '--json')
  expect(jsonOutput('error', failed.stdout).error).toMatchObject({ code: 'unknown-check', exitCode: 2 })
  expect(failed.exitCode).toBe(2)
})

test('an unknown flag is an error too', async () => {
  const { stdout, exitCode } = await runCommand(CacheLs, '--jsom', '--json')
  expect(jsonOutput('error', stdout).error.code).toBe('invalid-usage')
  expect(exitCode).toBe(2)
})
