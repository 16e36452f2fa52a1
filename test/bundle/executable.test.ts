import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { glob, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startAedes } from '../../lab/brokers/aedes.ts'
import { buildEdgekit, edgekitExecutable } from '../../lab/bundles/executable.ts'
import { inBareDebian } from '../../lab/machine/bare.ts'
import { edgekit } from '../../tools/edgekit.ts'
import { type Arch, hostArch } from '../../tools/node-runtime.ts'
import { buildSea, runnerOf } from '../../tools/sea.ts'
import { jsonOutput } from '../json-output.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
const arches: readonly Arch[] = ['amd64', 'arm64']

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'edgekit-executable-'))
})
afterAll(() => rm(work, { recursive: true, force: true }))

describe('in a bare Debian', () => {
  let executable: string
  beforeAll(async () => {
    executable = await edgekitExecutable()
  }, 600_000)

  const bare = (script: string) => inBareDebian(script, executable)

  test('has no Node.js, OpenSSL or libatomic to rely on', async () => {
    const { stdout } = await bare('find / -xdev -name node -o -name openssl -type f -o -name "libatomic*"')
    expect(stdout).toBe('')
  })

  test('runs without environment and /proc', async () => {
    expect(await bare('test ! -e /proc/self; /opt/edgekit/edgekit --version')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(`^edgekit/${version} `),
      stderr: '',
    })
  })

  test('runs through a symbolic link found on PATH', async () => {
    const script = 'ln -s ../../../opt/edgekit/edgekit /usr/local/bin/ek; ek --version'
    expect(await bare(script)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(version) })
  })

  test('ignores NODE_OPTIONS', async () => {
    const { exitCode, stderr } = await bare('NODE_OPTIONS=--bad /opt/edgekit/edgekit --version')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test('loads no plugin, theme or manifest from disk', async () => {
    const plant = `
      plugin=$HOME/.local/share/edgekit/node_modules/planted
      mkdir -p $plugin $HOME/.config/edgekit
      echo '{"oclif": {"plugins": [{"name": "planted", "type": "user"}]}}' >$HOME/.local/share/edgekit/package.json
      echo '{"name": "planted", "version": "1.0.0", "oclif": {"topics": {"planted": {}}}}' >$plugin/package.json
      echo '{"version": "1.0.0", "commands": {"planted:x": {"id": "planted:x", "aliases": []}}}' >$plugin/oclif.manifest.json
      echo '{"bin": "red", "sectionHeader": "red"}' >$HOME/.config/edgekit/theme.json
      echo '{"name": "other", "version": "6.6.6", "oclif": {}}' | tee /opt/edgekit/package.json >/package.json
      echo '{"version": "6.6.6", "commands": {}}' >/opt/edgekit/oclif.manifest.json`
    const script = 'export HOME=/root FORCE_COLOR=1; cd /opt/edgekit; PLANT ./edgekit --help'
    const clean = await bare(script.replace('PLANT', ''))
    const planted = await bare(script.replace('PLANT', () => `${plant}\n`))
    expect(clean).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(version) })
    expect(planted).toMatchObject({ exitCode: 0, stderr: '', stdout: clean.stdout })
  })

  test('has every command of the checkout, with help that fits 80 columns', async () => {
    const files = await Array.fromAsync(glob('**/*.ts', { cwd: join(root, 'src/commands') }))
    const commands = files.map(file => file.slice(0, -'.ts'.length).replaceAll('/', ' '))
    expect(commands.length).toBeGreaterThan(5)
    const ask = ['', ...commands].map(
      command => `echo "=== ${command}"; /opt/edgekit/edgekit ${command} --help`,
    )
    const { exitCode, stdout } = await bare(ask.join('\n'))
    expect(exitCode, stdout).toBe(0)
    const [, own = '', ...answers] = stdout.split(/^=== .*\n/m)
    const shown = commands.map((command, index) => [command, answers[index] ?? ''] as const)
    for (const [command, help] of shown)
      expect(help).toMatch(
        new RegExp(`^  \\$ edgekit ${command}(?: [A-Z]+(?:\\.{3})?| \\[[A-Z]+(?:\\.{3})?\\])*$`, 'm'),
      )
    for (const [command, help] of [['', own] as const, ...shown]) {
      expect(
        help.split('\n').filter(line => line.length > 80),
        command,
      ).toEqual([])
    }
  })

  test('prints the license of edgekit, Node.js and npm packages', async () => {
    const { stdout } = await bare('/opt/edgekit/edgekit licenses --json')
    const { parts } = jsonOutput('licenses', stdout)
    const names = parts.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['edgekit', 'Node.js', '@oclif/core', 'mqtt', 'tar', 'yaml']),
    )
    for (const { name, texts } of parts)
      expect(texts.join('\n'), name).toMatch(/copyright|permission|license/i)
    const ofNode = parts.find(({ name }) => name === 'Node.js')?.texts.join('')
    for (const part of ['OpenSSL', 'V8', 'libuv', 'ICU', 'zlib']) expect(ofNode).toContain(part)
    const text = (await bare('/opt/edgekit/edgekit licenses')).stdout
    for (const { texts } of parts) expect(text).toContain(texts[0]?.trim().split('\n')[0])
  })

  // Without arguments, with an unknown flag and --json: prints to stdout and does nothing else.
  test('reports lost output of every command, and nothing when the reader has left', async () => {
    const files = await Array.fromAsync(glob('**/*.ts', { cwd: join(root, 'src/commands') }))
    const commands = files.map(file => file.slice(0, -'.ts'.length).replaceAll('/', ' '))
    const { stdout } = await bare(
      ['--version', '--help', ...commands.map(command => `${command} --json --no-such-flag`)]
        .map(
          words => `
            echo "=== ${words}"; /opt/edgekit/edgekit ${words} 2>&1 >/dev/full || echo $?
            { /opt/edgekit/edgekit ${words} 2>/tmp/said && echo 0 >>/tmp/said || echo $? >>/tmp/said; } | true; cat /tmp/said`,
        )
        .join('\n'),
    )
    const [, ...answers] = stdout.split(/^=== /m)
    expect(answers).toHaveLength(commands.length + 2)
    const lost =
      'edgekit: cannot write standard output: no space left on device\n  What to do: Write the output to a file system with free space.\n2\n'
    for (const answer of answers) {
      const [words, ...said] = answer.split('\n')
      const code = words?.endsWith('--no-such-flag') ? 2 : 0
      expect(said.join('\n').trim(), words).toBe(`${lost}${code}`)
    }
  })

  test('keeps the exit code of a change whose output is lost', async () => {
    const { stdout } = await bare(
      `printf 'modules:\\n  eventBus:\\n    mqttMode: 0\\n' >/tmp/edgecore.yaml
       /opt/edgekit/edgekit edgecore patch /tmp/edgecore.yaml 2>&1 >/dev/full; echo $?
       grep -c 'mqttMode: 2' /tmp/edgecore.yaml`,
    )
    expect(stdout).toMatch(/^edgekit: cannot write standard output: .*\n.*\n0\n1$/)
  })

  test('reports an unknown command', async () => {
    const { exitCode, stderr } = await bare('/opt/edgekit/edgekit frobnicate')
    expect(exitCode).toBe(2)
    expect(stderr).toContain('frobnicate')
  })
})

test('contains the templates and bundle definitions byte for byte', async () => {
  const output = join(work, 'print-asset')
  const { assets } = edgekit
  await buildSea({
    entry: fileURLToPath(import.meta.resolve('./print-asset.ts')),
    arch: hostArch(),
    output,
    assets,
  })
  for (const [name, path] of Object.entries(assets)) {
    const { stdout } = await execa(output, [name], { stripFinalNewline: false })
    expect(stdout, name).toBe(await readFile(path, 'utf8'))
  }
  await expect(execa(output, ['templates/absent'])).rejects.toThrow('templates/absent')
})

test('has the threads of the load test', async () => {
  const broker = await startAedes()
  onTestFinished(() => broker.stop())
  const url = `mqtt://127.0.0.1:${broker.port}`
  const args = ['broker', 'bench', url, '--rate', '100', '--duration', '500ms', '--json']
  const { stdout } = await execa(await edgekitExecutable(), args)
  expect(jsonOutput('broker-bench', stdout).messages).toMatchObject({ sent: 50, received: 50 })
})

describe.each(arches)('for %s', arch => {
  test('starts', async () => {
    const [program, ...args] = [...runnerOf(arch), await edgekitExecutable(arch), '--version']
    const { stdout, stderr } = await execa(program as string, args)
    expect(stdout).toContain(`edgekit/${version} linux-${arch === 'amd64' ? 'x64' : arch}`)
    // Node.js warns here when it rejects the code cache.
    expect(stderr).toBe('')
  })

  test('has the same bytes when it is built again elsewhere', async () => {
    const again = join(work, 'again')
    await buildEdgekit(arch, again)
    expect(await sha256(join(again, `edgekit-linux-${arch}`))).toBe(
      await sha256(await edgekitExecutable(arch)),
    )
  })
})

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
