import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAedes } from '../../../lab/brokers/aedes.ts'
import { tinyEntries, writeTiny } from '../../../lab/bundles/tiny-bundle.ts'
import { healthy } from '../checks/healthy.ts'
import { type EveryCommand, everyCommand } from './every-command.ts'
import { loadEverything, nobody, runAs } from './run-as-user.ts'
import type { CommandResult } from './run-command.ts'

/** Clears the screen, sets its title, writes the clipboard, goes back, reverses text, and hides text. */
const hostile =
  'x\u001b[2J\u001b]0;OWN\u0007\u009b31m\r\b\u000e\u007f\u202eevil\u2066\u200b\u2028\u001b]52;c;eA==\u0007'

/** What a terminal or an editor acts on. */
const acting = /[^\P{Cc}\t\n]|[\p{Cf}\p{Zl}\p{Zp}]/u

function expectHarmless({ stdout, stderr }: CommandResult): void {
  expect(JSON.stringify(acting.exec(stdout + stderr))).toBe('null')
}

let directory: string
beforeAll(async () => {
  await loadEverything()
  directory = await mkdtemp(join(tmpdir(), 'edgekit-control-'))
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(directory, name))
    // Also below a directory with such a name.
    await writeFile(join(directory, name, hostile), content)
  }
  if (process.getuid?.() === 0) await chown(directory, nobody, nobody)
})
afterAll(() => rm(directory, { recursive: true }))

/** Files that a command may be given. Their names are hostile, too. */
const files: Record<string, string> = {
  line: `${hostile}\n`,
  yaml: `${JSON.stringify(hostile)}: ${JSON.stringify(hostile)}\n`,
  'not yaml': `a: [${hostile}\n`,
  json: JSON.stringify({ schemaVersion: 1, [hostile]: hostile }),
  log: `I1130 00:00:00.000000 1 server.go:107] Version: ${hostile}\nF1130 00:00:00.000000 1 edged.go:152] Start edged failed, err: ${hostile}\npanic: ${hostile}\n`,
  'edgecore.yaml': `modules:\n  eventBus:\n    mqttServerExternal: ${JSON.stringify(hostile)}\n    mqttMode: 0\n`,
}

const run = (Command: EveryCommand['Command'], ...words: string[]) => runAs(directory, Command, ...words)
const safe = ({ flags }: EveryCommand) => ['--offline', '--dry-run'].filter(flag => flag.slice(2) in flags)
const argsOf = ({ args }: EveryCommand, value: string) => Object.keys(args).map(() => value)

// mosquitto.service runs them, without anything from elsewhere.
const typed = everyCommand.filter(({ id }) => id !== 'broker:image' && id !== 'broker:wait')

const named = (id: string): EveryCommand['Command'] => {
  const found = everyCommand.find(command => command.id === id)
  if (!found) throw new Error(`no command ${id}`)
  return found.Command
}

describe.each(typed.map(command => [command.id, command] as const))('edgekit %s', (_, command) => {
  const flags = Object.entries(command.flags).flatMap(([name, { type }]) => (type === 'option' ? [name] : []))

  test('prints no control characters of its arguments', async () => {
    for (const words of [argsOf(command, hostile), [hostile, hostile, hostile], [`--${hostile}`]])
      for (const json of [[], ['--json']])
        expectHarmless(await run(command.Command, ...words, ...safe(command), ...json))
  })

  test.each(Object.keys(files))('prints none of a file (%s), nor of its name', async name => {
    const path = join(directory, name, hostile)
    const words = Object.keys(command.args).length > 0 ? argsOf(command, path) : []
    expectHarmless(await run(command.Command, ...words, ...safe(command)))
    for (const flag of flags)
      expectHarmless(await run(command.Command, ...words, ...safe(command), `--${flag}`, path))
  })

  test.runIf(flags.length > 0).each(flags)('prints none of --%s', async flag => {
    const words = Object.values(command.args).some(({ required }) => required) ? argsOf(command, 'file') : []
    expectHarmless(await run(command.Command, ...words, ...safe(command), `--${flag}`, hostile))
  })
})

/** The same data with the hostile text behind each text. */
function soiled(value: unknown): unknown {
  if (typeof value === 'string') return `${value}${hostile}`
  if (Array.isArray(value)) return value.map(soiled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, soiled(each)]))
}

test.each(['text', 'json', 'junit', 'markdown', 'html', 'prometheus'])(
  'the doctor prints and writes none of what it found, as %s',
  async format => {
    const facts = soiled(healthy())
    const saved = join(directory, `facts-${format}`)
    await mkdir(saved)
    const text = { schemaVersion: 1, edgekit: hostile, at: '2026-11-30T00:36:00.000Z', facts }
    await writeFile(join(saved, 'facts.json'), JSON.stringify(text))
    const report = join(directory, `report-${format}`)
    const printed = await run(named('doctor'), '--from', saved, '--output', format)
    const written = await run(named('doctor'), '--from', saved, '--output', format, '--report', report)
    const file = await readFile(report, 'utf8')
    for (const result of [printed, written, { ...written, stdout: file }]) {
      expectHarmless(result)
      expect(result.stdout).toContain('evil')
    }
  },
)

test('a hostile bundle is shown without control characters', async () => {
  const [manifest, ...others] = await tinyEntries()
  const data = JSON.parse(String(manifest?.content))
  const file = { path: 'x', size: 1, mode: 0o644, sha256: '0'.repeat(64) }
  const changed = { ...data, name: hostile, edgekitVersion: hostile, lockDigest: hostile, files: [file] }
  const sbom = { path: 'meta/sbom.cdx.json', content: JSON.stringify({ [hostile]: hostile }) }
  const bundle = join(directory, 'hostile.tar.gz')
  for (const first of [changed, data]) {
    const content = JSON.stringify(first)
    await writeTiny(bundle, [
      { path: 'bundle.json', content },
      { path: hostile, content: hostile },
      sbom,
      ...others,
    ])
    for (const words of [[], ['--files'], ['--images'], ['--sbom'], ['--json']])
      expectHarmless(await run(named('inspect'), bundle, ...words))
    expectHarmless(await run(named('verify'), bundle))
    const verified = await run(named('verify'), bundle, '--json')
    expectHarmless(verified)
    expect(verified.stdout + verified.stderr).toContain('evil')
  }
})

test('messages and topics of devices are shown without control characters', async () => {
  const broker = await startAedes()
  try {
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    await client.publishAsync(`device/${hostile}`, hostile, { retain: true, qos: 1 })
    await client.endAsync()
    for (const words of [['-v'], ['--json']]) {
      const url = ['--url', `mqtt://127.0.0.1:${broker.port}`]
      const heard = await run(named('sub'), 'device/#', '--count', '1', ...url, ...words)
      expectHarmless(heard)
      expect(heard.stdout).toContain('evil')
    }
  } finally {
    await broker.stop()
  }
})

test.each([
  'EDGEKIT_SIGNING_KEY',
  'SOURCE_DATE_EPOCH',
  'MQTT_PASSWORD',
  'HTTPS_PROXY',
  'NO_PROXY',
  'PATH',
  'COLUMNS',
])('nothing of %s is printed that a terminal obeys', async variable => {
  const before = process.env[variable]
  process.env[variable] = hostile
  try {
    for (const { id, Command, args } of typed) {
      const words = Object.keys(args).map(() => 'edge')
      const more = id === 'bundle' ? ['--offline'] : []
      expectHarmless(await run(Command, ...words, ...more))
    }
  } finally {
    if (before === undefined) delete process.env[variable]
    else process.env[variable] = before
  }
})
