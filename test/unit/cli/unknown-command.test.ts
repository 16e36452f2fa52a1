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
])('%j names a command or a topic', words => {
  expect(unknownCommand(words, ids)).toBeUndefined()
})

test.each([
  [['instal'], 'unknown command "instal"; did you mean "install"?'],
  [['Doctor'], 'unknown command "Doctor"; did you mean "doctor"?'],
  [['broker', 'wiat'], 'unknown command "broker wiat"; did you mean "broker wait"?'],
  [['edgcore', 'patch'], 'unknown command "edgcore"; did you mean "edgecore"?'],
  [['frobnicate'], 'unknown command "frobnicate"'],
])('%j', (words, message) => {
  expect(unknownCommand(words, ids)).toMatchObject({ message, exitCode: 2 })
})
