import { expect, test } from 'vitest'
import { requireVersionStep } from '../../../../src/install/request/version-step.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'

test.each([
  ['v1.22.0', 'v1.22.0'],
  ['v1.22.0', 'v1.22.2'],
  ['v1.22.2', 'v1.23.0'],
  ['v1.20.0', 'v1.22.0'],
  ['v1.22.0-beta.1', 'v1.22.0'],
])('allows %s to %s', (from, to) => {
  expect(() => requireVersionStep(from, to, [])).not.toThrow()
})

test.each([
  ['v1.22.2', 'v1.22.1', 'downgrade', 'from v1.22.2 to v1.22.1'],
  ['v1.22.0', 'v1.21.5', 'downgrade', 'from v1.22.0 to v1.21.5'],
  ['v1.19.0', 'v1.22.0', 'version-skip', 'from v1.19.0 to v1.22.0: KubeEdge tests at most 2'],
  ['v1.12.0', 'v1.23.1', 'version-skip', 'from v1.12.0 to v1.23.1: KubeEdge tests at most 2'],
])('refuses %s to %s without --force=%s', (from, to, force, message) => {
  expect(() => requireVersionStep(from, to, ['other'])).toThrow(
    expect.objectContaining({ message: expect.stringContaining(message), exitCode: exitCodes.refused }),
  )
  expect(() => requireVersionStep(from, to, [force])).not.toThrow()
})

test('names the version to upgrade to first', () => {
  expect(() => requireVersionStep('v1.17.3', 'v1.22.0', [])).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('Upgrade to v1.19 first') }),
  )
})
