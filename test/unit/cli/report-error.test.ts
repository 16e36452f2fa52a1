import { afterEach, expect, test, vi } from 'vitest'
import { reportError } from '../../../src/cli/report-error.ts'
import { EdgekitError } from '../../../src/lib/errors.ts'
import { jsonOutput } from '../../json-output.ts'

afterEach(() => {
  process.exitCode = undefined
})

function printed(error: EdgekitError, json: boolean) {
  const streams = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation(text => {
      streams[name] += String(text)
      return true
    })
  }
  reportError(error, { json })
  vi.restoreAllMocks()
  return { ...streams, exitCode: process.exitCode }
}

const error = new EdgekitError('cannot read /a: no such file', {
  code: 'file-unreadable',
  remedy: 'Name another file:\n  edgekit edgecore explain FILE',
})

test('as text on stderr, with what to do', () => {
  expect(printed(error, false)).toEqual({
    stdout: '',
    stderr:
      'edgekit: cannot read /a: no such file\n  What to do: Name another file:\n    edgekit edgecore explain FILE\n',
    exitCode: 2,
  })
})

test('a command is not broken, however long it is', () => {
  const command = `edgekit broker acl check --user app --topic ${'level/'.repeat(10)} --write`
  const long = new EdgekitError('x', { code: 'broker-denied', remedy: `Find out why:\n  ${command}` })
  expect(printed(long, false).stderr.split('\n')).toContain(`    ${command}`)
})

test('as JSON on stdout', () => {
  const { stdout, stderr, exitCode } = printed(error, true)
  expect(jsonOutput('error', stdout)).toEqual({
    schemaVersion: 1,
    error: { code: 'file-unreadable', message: error.message, remedy: error.remedy, exitCode: 2 },
  })
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 2 })
})
