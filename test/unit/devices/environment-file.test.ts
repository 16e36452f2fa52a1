import { expect, test } from 'vitest'
import { parseEnvironment } from '../../../src/devices/environment-file.ts'

test.each<[string, Record<string, string>]>([
  ['', {}],
  ['# a comment\n; another\n\n', {}],
  ['MQTT_BROKER=b\nMQTT_PORT=1883\n', { MQTT_BROKER: 'b', MQTT_PORT: '1883' }],
  ['  A=b c  \r\n', { A: 'b c' }],
  ["A='b # c'", { A: 'b # c' }],
  ['A="b"', { A: 'b' }],
  ['A=b=c', { A: 'b=c' }],
  ['A=', { A: '' }],
  ['A=1\nA=2', { A: '2' }],
])('%j', (text, variables) => {
  expect(parseEnvironment(text, '/f')).toEqual(variables)
})

test.each([
  'secret',
  'export A=secret',
  'A =secret',
  'A="secret',
  `A=se'cre't`,
  'A=sec\\ret',
  `A='secret"`,
  '1A=secret',
])('%j is refused without its value', text => {
  expect(() => parseEnvironment(`B=1\n${text}`, '/f')).toThrow(
    expect.objectContaining({
      code: 'invalid-environment',
      message: 'cannot use /f: line 2 is not NAME=VALUE',
    }),
  )
})
