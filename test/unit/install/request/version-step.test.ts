import { expect, test } from 'vitest'
import { requireNewerBuild, requireVersionStep } from '../../../../src/install/request/version-step.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'

const downgrade = { allowDowngrade: true }
const skip = { force: ['version-skip'] }

test.each([
  ['v1.22.0', 'v1.22.0'],
  ['v1.22.0', 'v1.22.2'],
  ['v1.22.2', 'v1.23.0'],
  ['v1.20.0', 'v1.22.0'],
  ['v1.22.0-beta.1', 'v1.22.0'],
])('allows %s to %s', (from, to) => {
  expect(() => requireVersionStep(from, to, {})).not.toThrow()
})

test.each([
  ['v1.22.2', 'v1.22.1', '--allow-downgrade', 'from v1.22.2 to v1.22.1'],
  ['v1.22.0', 'v1.21.5', '--allow-downgrade', 'from v1.22.0 to v1.21.5'],
  ['v1.19.0', 'v1.22.0', '--force=version-skip', 'from v1.19.0 to v1.22.0: KubeEdge tests at most 2'],
  ['v1.12.0', 'v1.23.1', '--force=version-skip', 'from v1.12.0 to v1.23.1: KubeEdge tests at most 2'],
] as const)('refuses %s to %s without %s', (from, to, flag, message) => {
  const [right, wrong] =
    flag === '--allow-downgrade' ? [downgrade, { force: ['version-skip', 'downgrade'] }] : [skip, downgrade]
  expect(() => requireVersionStep(from, to, wrong)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(`add ${flag}.`),
      exitCode: exitCodes.refused,
    }),
  )
  expect(() => requireVersionStep(from, to, right)).not.toThrow()
})

test('names the version to upgrade to first', () => {
  expect(() => requireVersionStep('v1.17.3', 'v1.22.0', {})).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('Upgrade to v1.19 first') }),
  )
})

const build = (edgekitVersion: string, kubeedgeVersion = 'v1.22.0') => ({ edgekitVersion, kubeedgeVersion })

test.each([
  ['the same build', build('0.1.0'), build('0.1.0')],
  ['a newer patch', build('0.1.9'), build('0.1.10')],
  ['a newer minor', build('0.9.9'), build('0.10.0')],
  ['a newer major', build('0.9.9'), build('1.0.0')],
  ['another KubeEdge, which has rules of its own', build('0.2.0'), build('0.1.0', 'v1.22.1')],
])('allows %s', (_, from, to) => {
  expect(() => requireNewerBuild(from, to, {})).not.toThrow()
})

test.each([
  ['0.1.0', '0.0.1'],
  ['0.1.10', '0.1.9'],
  ['1.0.0', '0.9.9'],
])('refuses a bundle of edgekit %s over one of %s without --allow-downgrade', (newer, older) => {
  expect(() => requireNewerBuild(build(newer), build(older), { force: ['other'] })).toThrow(
    expect.objectContaining({
      message: `cannot downgrade edgekit from ${newer} to ${older}: nothing was changed`,
      exitCode: exitCodes.refused,
      remedy: expect.stringContaining('--allow-downgrade'),
    }),
  )
  expect(() => requireNewerBuild(build(newer), build(older), downgrade)).not.toThrow()
})
