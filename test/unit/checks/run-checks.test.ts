import { expect, test } from 'vitest'
import type { ListedCheck } from '../../../src/checks/check.ts'
import { runChecks } from '../../../src/checks/run-checks.ts'
import { healthy } from './healthy.ts'

const check = (id: string, more: Partial<ListedCheck> = {}): ListedCheck => ({
  group: 'node',
  id,
  title: id,
  tags: ['preflight'],
  run: () => ({ status: 'fail', observed: 'missing' }),
  ...more,
})

const install = { force: [] }

test('preflight skips what the install settles, and all that needs it', () => {
  const checks = [
    check('runtime', { settledByInstall: () => 'the bundle brings it' }),
    check('plugin', { needs: ['runtime'] }),
    check('image', { needs: ['plugin'] }),
    check('disk'),
  ]
  const seen = runChecks(checks, healthy(), { install }).map(({ id, status, observed }) => [
    id,
    status,
    observed,
  ])
  expect(seen).toEqual([
    ['runtime', 'skip', 'the bundle brings it'],
    ['plugin', 'skip', 'the bundle brings it'],
    ['image', 'skip', 'the bundle brings it'],
    ['disk', 'fail', 'missing'],
  ])
})

test('doctor runs a check that an install would settle', () => {
  const [result] = runChecks(
    [check('runtime', { settledByInstall: () => 'the bundle brings it' })],
    healthy(),
  )
  expect(result).toMatchObject({ id: 'runtime', status: 'fail' })
})

test('--force of a unit turns a failure it resolves into a warning', () => {
  const port = check('port', { overriddenBy: { force: units => units.includes('mosquitto.service') } })
  const statusWith = (force: string[]) => runChecks([port], healthy(), { install: { force } })[0]
  expect(statusWith(['mosquitto.service'])).toMatchObject({ status: 'warn', ignored: true })
  expect(statusWith(['edgecore.service'])).toMatchObject({ status: 'fail' })
})
