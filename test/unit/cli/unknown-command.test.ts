import { expect, test } from 'vitest'
import { unknownCommand } from '../../../src/cli/unknown-command.ts'

const ids = ['bundle', 'install', 'doctor', 'broker:wait', 'broker:image', 'edgecore:patch']

test.each([
  [[]],
  [['install']],
  [['install', 'instal']],
  [['--help']],
  [['help', 'nonsense']],
  [['broker']],
  [['broker', '--help']],
  [['broker', 'wait', '--timeout', '3']],
])('%j is understood', words => {
  expect(unknownCommand(words, ids)).toBeUndefined()
})

test.each([
  [['instal'], 'there is no command "instal"; did you mean "install"?'],
  [['Doctor'], 'there is no command "Doctor"; did you mean "doctor"?'],
  [['broker', 'wiat'], 'there is no command "broker wiat"; did you mean "broker wait"?'],
  [['edgcore', 'patch'], 'there is no command "edgcore"; did you mean "edgecore"?'],
  [['frobnicate'], 'there is no command "frobnicate"'],
])('%j', (words, message) => {
  expect(unknownCommand(words, ids)).toMatchObject({ message, exitCode: 2 })
})
