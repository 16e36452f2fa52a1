import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readCommandLine } from '../../../src/cli/command-line.ts'
import { acceptable, everyCommand } from './every-command.ts'
import { runCommand, testConfig } from './run-command.ts'

const ids = everyCommand.map(({ id }) => id)

describe.each(everyCommand)('$id', ({ id, Command, args, flags }) => {
  const parse = (...words: string[]) => new Command(words, testConfig)['parse']({ args, flags })
  const values = Object.values(args).map(acceptable)
  const required = Object.values(args)
    .filter(({ required }) => required)
    .map(acceptable)

  const neededBy = (name?: string): string[] =>
    Object.entries(flags).flatMap(([other, flag]) =>
      flag.required && flag.type === 'option' && other !== name ? [`--${other}`, acceptable(flag)] : [],
    )

  const options = Object.entries(flags).flatMap(([name, flag]) =>
    flag.type === 'option' && !flag.dependsOn ? [[name, acceptable(flag)] as const] : [],
  )

  test.each(options)('--%s may come before, between and after the arguments', async (name, value) => {
    for (let at = 0; at <= values.length; at += 1) {
      const words = [...values.slice(0, at), `--${name}`, value, ...values.slice(at), ...neededBy(name)]
      const parsed = await parse(...words)
      expect(Object.values(parsed.args).flat(), words.join(' ')).toEqual(values)
      expect([parsed.flags[name]].flat().map(String), words.join(' ')).toEqual([value])
    }
  })

  test('shows its help with -h, --help and help', () => {
    const name = id.split(':')
    const help = { show: 'help', id }
    for (const words of [
      [...name, '-h'],
      [...name, '--help'],
      ['help', ...name],
      [...name, ...values, '-h'],
    ])
      expect(readCommandLine(words, ids), words.join(' ')).toEqual(help)
  })

  test('leaves standard input to others', async () => {
    const stdin = new PassThrough()
    const before = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {}
    Object.defineProperty(process, 'stdin', { value: stdin, configurable: true })
    onTestFinished(() => void Object.defineProperty(process, 'stdin', before))
    stdin.end('edge\n')
    await parse(...required, ...neededBy())
    await parse().catch(() => {})
    expect(String(stdin.read())).toBe('edge\n')
  })

  test('an unknown flag is reported in two lines, with the nearest one', async () => {
    const { stdout, stderr, exitCode } = await runCommand(Command, ...values, '--jsom')
    expect(stderr.trimEnd().split('\n')).toEqual([
      'edgekit: unknown flag --jsom; did you mean --json?',
      expect.stringMatching(/^ {2}What to do: .*edgekit [a-z ]+ --help$/),
    ])
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 })
  })

  test.each(required.map((_, missing) => missing))('a missing argument is named', async missing => {
    const { stderr, exitCode } = await runCommand(Command, ...required.slice(0, missing))
    expect(stderr).toContain(`missing argument ${Object.keys(args)[missing]?.toUpperCase()}`)
    expect(exitCode).toBe(2)
  })

  const neededNames = options.map(([name]) => name).filter(name => flags[name]?.required)
  if (neededNames.length > 0)
    test.each(neededNames)('a missing --%s is named', async name => {
      const { stderr, exitCode } = await runCommand(Command, ...required, ...neededBy(name))
      expect(stderr).toContain(`edgekit: missing flag --${name}\n`)
      expect(exitCode).toBe(2)
    })

  test('one argument too many is named', async () => {
    if (Object.values(args).some(({ multiple }) => multiple)) return
    const { stderr, exitCode } = await runCommand(Command, ...values, 'surplus')
    expect(stderr).toContain('unexpected argument "surplus"')
    expect(exitCode).toBe(2)
  })
})
