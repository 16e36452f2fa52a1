import { expect, test } from 'vitest'
import { readCommandLine } from '../../../src/cli/command-line.ts'

const ids = [
  'bundle',
  'install',
  'doctor',
  'broker:wait',
  'broker:image',
  'broker:user:add',
  'edgecore:patch',
]
const version = { show: 'version' }
const help = (id: string) => ({ show: 'help', id })
const command = (id: string, ...words: string[]) => ({ show: 'command', id, words })

test.each([
  [[], help('')],
  [['--help'], help('')],
  [['-h'], help('')],
  [['help'], help('')],
  [['help', '--json'], help('')],
  [['help', 'install'], help('install')],
  [['-h', 'install'], help('install')],
  [['help', 'broker', 'wait'], help('broker:wait')],
  [['help', 'broker'], help('broker')],
  [['broker'], help('broker')],
  [['broker', '--help'], help('broker')],
  [['broker', 'wait', '-h'], help('broker:wait')],
  [['bundle', 'edge', '-h'], help('bundle')],
  [['bundle', '--', '-h'], command('bundle', '--', '-h')],
  [['--version'], version],
  [['-v'], version],
  [['version'], version],
  [['install'], command('install')],
  [['install', 'instal'], command('install', 'instal')],
  [['doctor', 'surplus', '--json'], command('doctor', 'surplus', '--json')],
  [['broker', 'wait', '--timeout', '3'], command('broker:wait', '--timeout', '3')],
  [['broker', 'wait', 'surplus'], command('broker:wait', 'surplus')],
  [['broker', 'user'], help('broker:user')],
  [['broker', 'user', '--help'], help('broker:user')],
  [['broker', 'user', 'add', 'anna', '--role', 'x'], command('broker:user:add', 'anna', '--role', 'x')],
])('%j', (words, line) => {
  expect(readCommandLine(words, ids)).toEqual(line)
})

test.each([
  [['instal'], 'unknown command "instal"; did you mean "install"?'],
  [['Doctor'], 'unknown command "Doctor"; did you mean "doctor"?'],
  [['broker', 'wiat'], 'unknown command "broker wiat"; did you mean "broker wait"?'],
  [['broker', 'usr', 'add'], 'unknown command "broker usr"; did you mean "broker user"?'],
  [['broker', 'user', 'ad', 'x'], 'unknown command "broker user ad"; did you mean "broker user add"?'],
  [['edgcore', 'patch'], 'unknown command "edgcore"; did you mean "edgecore"?'],
  [['frobnicate'], 'unknown command "frobnicate"'],
  [['help', 'nonsense'], 'unknown command "nonsense"'],
  [['--hepl'], 'missing command before --hepl; did you mean --help?'],
  [['--json', 'install'], 'missing command before --json'],
])('%j is an error', (words, message) => {
  const read = () => readCommandLine(words, ids)
  expect(read).toThrow(expect.objectContaining({ message, exitCode: 2 }))
})
