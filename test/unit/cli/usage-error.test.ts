import { expect, test } from 'vitest'
import BrokerWait from '../../../src/commands/broker/wait.ts'
import Bundle from '../../../src/commands/bundle.ts'
import Doctor from '../../../src/commands/doctor.ts'
import Verify from '../../../src/commands/verify.ts'
import { runCommand } from '../commands/run-command.ts'

const rows: [...Parameters<typeof runCommand>, words: string][] = [
  [Doctor, '--fix', '--watch', '--fix and --watch cannot be combined'],
  [Doctor, '--yes', '--yes requires --fix'],
  [Doctor, '--from', 'a', '--from', 'b', '--from is given twice'],
  [Doctor, '--output', 'missing value for --output: one of text, json, junit, markdown, html, prometheus'],
  [Doctor, '--report=', '--bogus=value', 'unknown flag --bogus'],
  [Bundle, '--arch', 'mips', 'edge', 'invalid value for --arch: "mips" is not one of amd64, arm64'],
  [Bundle, 'egde', 'invalid argument: "egde" is not one of edge, cloud; did you mean edge?'],
  [BrokerWait, '--timeout', 'soon', 'invalid value for --timeout: "soon" is not a number from 1 to 86400'],
  [BrokerWait, '--timeout', '0', '"0" is not a number from 1 to 86400'],
  [Verify, 'bundle', '--key', 'missing value for --key'],
]

test.each(rows)('%o %s %s', async (Command, ...words) => {
  const { stdout, stderr, exitCode } = await runCommand(Command, ...words.slice(0, -1))
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(words.at(-1))
  expect(stderr).not.toContain('See more help')
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
})
