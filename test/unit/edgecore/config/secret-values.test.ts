import { expect, test } from 'vitest'
import { withoutSecrets } from '../../../../src/edgecore/config/secret-values.ts'

const config = (token: string, rest = '') => `modules:\n  edgeHub:\n    token: ${token}\n${rest}`

test('hides a token, and shows that it changes', () => {
  expect(withoutSecrets(config('a.b.c.d'), config('e.f.g.h'))).toEqual({
    before: config('(hidden)'),
    after: config('(hidden, new)'),
  })
  expect(withoutSecrets(config('a.b.c.d'), config('a.b.c.d # same'))).toEqual({
    before: config('(hidden)'),
    after: config('(hidden) # same'),
  })
})

test.each([
  ['nothing', config('""')],
  ['null', config('null')],
])('%s gives nothing away', (_, text) => {
  expect(withoutSecrets(undefined, text)).toEqual({ before: undefined, after: text })
})

test.each([
  ['in quotes', config('"top.secret.x.y"')],
  ['as a block', 'modules:\n  edgeHub:\n    token: |\n      top.secret.x.y\n    enable: true\n'],
  ['in a flow map', 'modules: {edgeHub: {token: top.secret.x.y}}\n'],
  ['a password', 'modules:\n  eventBus:\n    mqttPassword: top.secret\n'],
  ["at a place of somebody's own", 'plant:\n  brokerPassword: top.secret\n'],
  ['two of them', 'a:\n  token: top.secret\n  password: top.secret\n  b: 1\n'],
])('a secret %s is not shown', (_, text) => {
  const { before, after } = withoutSecrets(text, text)
  expect(before).not.toContain('secret')
  expect(after).toBe(before)
  expect(after).toContain('(hidden)')
  expect(after.split('\n').length).toBeGreaterThanOrEqual(text.split('\n').length - 1)
})
