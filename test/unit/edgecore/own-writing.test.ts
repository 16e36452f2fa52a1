import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { patchEdgecoreConfig } from '../../../src/edgecore/config/config.ts'
import { isEditedSince, valuesIn } from '../../../src/edgecore/own-writing.ts'

const fixture = (path: string): Promise<string> =>
  readFile(new URL(`../../fixtures/edgecore-config/${path}`, import.meta.url), 'utf8')

const edited = async (left: string, now: string, defaults?: string): Promise<boolean> =>
  isEditedSince(valuesIn(left) ?? {}, now, async () => defaults)

describe.each(['v1.21', 'v1.22', 'v1.23'])('a file that EdgeCore %s has rewritten', version => {
  const rewritten = () => fixture(`rewritten/${version}.yaml`)
  const defaults = () => fixture(`default/${version}.yaml`)
  /** What the file of the fixture sets: all of these differ from the defaults. */
  const shipped = stringify({
    modules: {
      edgeHub: {
        httpServer: 'https://192.0.2.1:10002',
        token: 'a.b.c.d',
        websocket: { server: '192.0.2.1:10000' },
      },
      edged: { hostnameOverride: 'edge-1' },
      eventBus: { mqttMode: 0 },
    },
  })

  test('is not edited', async () => {
    expect(await edited(shipped, await rewritten(), await defaults())).toBe(false)
  })

  test('is edited when its defaults cannot be known', async () => {
    expect(await edited(shipped, await rewritten(), undefined)).toBe(true)
  })

  test.each([
    ['a value that was left', { 'modules.eventBus.mqttMode': 2 }],
    ['a default', { 'modules.edgeHub.heartbeat': 33 }],
    ['a key that EdgeCore does not know', { 'modules.edgeHub.mine': 1 }],
  ])('is edited after a change of %s', async (_, values) => {
    const { text } = patchEdgecoreConfig(await rewritten(), values)
    expect(await edited(shipped, text, await defaults())).toBe(true)
  })

  test('is not edited by another address of the node', async () => {
    const elsewhere = (await rewritten()).replace('192.0.2.7:10001', '192.0.2.99:10001')
    expect(await edited(shipped, elsewhere, await defaults())).toBe(false)
    expect(await edited(await rewritten(), elsewhere, await defaults())).toBe(true)
  })
})

test.each([
  ['comments, order and layout', 'a: 1\nb: {c: x}\n', '# mine\nb:\n  c: "x"\na: 1\n', false],
  ['a number in quotes', 'a: 1\n', 'a: "1"\n', false],
  ['a spelling of a boolean', 'a: true\n', 'a: yes\n', false],
  ['a token that is emptied', 'token: a.b.c.d\n', 'token: ""\n', false],
  ['a token that is filled in', 'token: ""\n', 'token: a.b.c.d\n', false],
  ['the version', 'a: 1\nedgecoreVersion: v1.22.0\n', 'a: 1\nedgecoreVersion: v1.23.0\n', false],
  ['an empty value that is left out', 'a: ""\nb: 1\n', 'b: 1\n', false],
  ['a value that is left out', 'a: x\nb: 1\n', 'b: 1\n', true],
  ['a key that is added', 'a: 1\n', 'a: 1\nb: false\n', true],
  ['a password that is set', 'mqttPassword: ""\n', 'mqttPassword: secret\n', true],
  ['a list', 'a: [1]\n', 'a: [1, 2]\n', true],
  ['what is no YAML', 'a: 1\n', 'a: [\n', true],
])('%s', async (_, left, now, expected) => {
  expect(await edited(left, now)).toBe(expected)
})

test('values have no secrets', () => {
  expect(valuesIn('modules:\n  eventBus: {mqttPassword: hunter2}\n  edgeHub: {token: a.b}\n')).toEqual({
    'modules.eventBus.mqttPassword': '(set)',
  })
})
