import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import EdgecorePatch from '../../../../src/commands/edgecore/patch.ts'
import { jsonOutput } from '../../../json-output.ts'
import { runCommand } from '../run-command.ts'

let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-patch-'))
})
afterAll(() => rm(directory, { recursive: true }))

const wrong =
  '# mine\nmodules:\n  edgeHub:\n    token: top.secret.of.cloud\n  eventBus:\n    mqttMode: 0 # why\n'

let count = 0
async function fileWith(text: string): Promise<string> {
  const path = join(directory, `edgecore-${count++}.yaml`)
  await writeFile(path, text, { mode: 0o600 })
  return path
}

const patch = (...args: string[]) => runCommand(EdgecorePatch, ...args)

test('sets the keys, keeps the mode, and finds nothing to do a second time', async () => {
  const path = await fileWith(wrong)
  const first = await patch(path, '--set', 'modules.edged.hostnameOverride=edge-7')
  expect(first.stdout).toContain('6 keys set')
  expect(first.exitCode).toBe(0)
  const text = await readFile(path, 'utf8')
  expect(text).toContain('# mine\n')
  expect(text).toContain('    mqttMode: 2 # why\n')
  expect(text).toContain('    hostnameOverride: edge-7\n')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const second = await patch(path, '--check')
  expect(second.stdout).toContain('nothing to change')
  expect(second.exitCode).toBe(0)
})

test('--check and --diff show what would change, without the token, and change nothing', async () => {
  const path = await fileWith(wrong)
  const { stdout, exitCode } = await patch(path, '--check', '--diff')
  expect(exitCode).toBe(3)
  expect(stdout).toContain(`--- ${path}\n+++ ${path}\n@@ `)
  expect(stdout).toContain('-    mqttMode: 0 # why\n+    mqttMode: 2 # why\n')
  expect(stdout).toContain('     token: (hidden)\n')
  expect(await readFile(path, 'utf8')).toBe(wrong)
  expect((await patch(path, '--diff')).exitCode).toBe(0)
  expect(await readFile(path, 'utf8')).toBe(wrong)
})

test('--json gives the changes as data', async () => {
  const path = await fileWith('modules: { eventBus: { mqttMode: 1 } }\n')
  const { stdout } = await patch(path, '--check', '--json')
  expect(jsonOutput('edgecore-patch', stdout)).toMatchObject({
    schemaVersion: 1,
    file: path,
    written: false,
    changed: expect.arrayContaining([{ path: 'modules.eventBus.mqttMode', before: 1, after: 2 }]),
  })
})

test('what cannot be changed safely is refused', async () => {
  const path = await fileWith('modules:\n\teventBus:\n')
  const link = join(directory, 'link.yaml')
  await symlink(path, link)
  const tabs = await patch(path)
  const linked = await patch(link)
  const missing = await patch(join(directory, 'nowhere.yaml'))
  const unknown = await patch(path, '--set', 'modules.edgeHub.heartBeats=9')
  expect(unknown).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('modules.edgeHub.heartbeat?'),
  })
  const idle = await patch(path, '--force=modules.edgeHub.heartBeats')
  expect(idle).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('no --set names this key') })
  const forced = await patch(
    await fileWith(''),
    '--diff',
    '--set',
    'modules.edgeHub.new=9',
    '--force=modules.edgeHub.new',
  )
  expect(forced).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('+    new: 9') })
  const secret = await patch(path, '--set', 'modules.edgeHub.token=a.b.c.d')
  expect(tabs.stderr.replaceAll(/\s+/g, ' ')).toContain('line 2, column 1')
  expect(tabs.exitCode).toBe(3)
  expect(linked.stderr.replaceAll(/\s+/g, ' ')).toContain(`it is a link to ${path}`)
  expect(linked.exitCode).toBe(3)
  expect(missing.exitCode).toBe(2)
  expect(secret.stderr).toContain('is a secret')
  expect(secret.exitCode).toBe(2)
})

test.each([
  ['a file of one long line', 'x'.repeat(5_000_000), /edgecore-\d+\.yaml must hold keys and values.*x…/],
  ['two documents', 'a: 1\n---\nb: 2\n', /line 2, column 1: a second document begins here/],
])('%s is refused in few words', async (_, text, words) => {
  const { stderr, exitCode } = await patch(await fileWith(text))
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(words)
  expect(stderr.length).toBeLessThan(500)
  expect(exitCode).toBe(3)
})

test.each([
  ['modules: [', 'is not valid YAML at line 1, column 11'],
  ['- a', 'must hold keys and values'],
  ['modules:\n  eventBus: &x {}\n', 'uses an anchor'],
  ['kind: Pod\n', 'kind is Pod, expected EdgeCore'],
])('a refusal names the file that was given: %j', async (text, words) => {
  const path = await fileWith(text)
  const { stderr, exitCode } = await patch(path)
  const said = stderr.replaceAll(/\s+/g, ' ')
  expect(said).toContain(path)
  expect(said).toContain(words)
  expect(said.replaceAll(path, '')).not.toContain('edgecore.yaml')
  expect(exitCode).toBe(3)
})
