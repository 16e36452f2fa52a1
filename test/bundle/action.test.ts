import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'

/** The scripts of action.yml, run as a runner does, with stand-ins for gh and for the edgekit of the release. */

interface Step {
  env: Record<string, string>
  run: string
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pemOf = (key: typeof publicKey) => key.export({ type: 'spki', format: 'pem' }).toString().trim()

let work: string
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), 'edgekit-action-'))
  await mkdir(join(work, 'release'))
  await mkdir(join(work, 'bin'))
  const edgekit = [
    '#!/bin/sh',
    `echo "$0 $*" >>${work}/calls`,
    'while [ "$1" != -o ]; do shift; done',
    'touch "$2/kubeedge-edge-v1.22.0-amd64.tar.gz" "$2/kubeedge-edge-v1.22.0-arm64.tar.gz"',
  ]
  for (const arch of ['amd64', 'arm64']) {
    const program = `${edgekit.join('\n')}\n`
    await writeFile(join(work, `release/edgekit-linux-${arch}`), program)
    const signature = sign('sha256', Buffer.from(program), privateKey)
    await writeFile(join(work, `release/edgekit-linux-${arch}.sig`), signature.toString('base64'))
  }
  await execa('sh', ['-c', 'sha256sum -- * >SHA256SUMS; echo 0  other >>SHA256SUMS'], {
    cwd: join(work, 'release'),
  })
  const gh = `#!/bin/sh\necho "gh $*" >>${work}/calls\ncp ${work}/release/* "$7"\n`
  await writeFile(join(work, 'bin/gh'), gh, { mode: 0o755 })
})
afterEach(() => rm(work, { recursive: true, force: true }))

async function runAction(given: Record<string, string>) {
  const action = parse(await readFile('action.yml', 'utf8'))
  const declared = Object.entries(action.inputs as Record<string, { default?: string }>)
  const inputs = {
    ...Object.fromEntries(declared.map(([name, input]) => [name, input.default ?? ''])),
    ...given,
  }
  const contexts: Record<string, string> = {
    ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value])),
    'runner.temp': join(work, 'temp'),
    'github.action_repository': 'owner/edgekit',
    'github.token': 'token',
  }
  const output = join(work, 'output')
  await writeFile(output, '')
  for (const { env, run } of action.runs.steps as Step[]) {
    const filled = Object.entries(env).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{\{ (\S+) \}\}/g, (_, key) => contexts[key] ?? `no ${key}`),
    ])
    const result = await execa('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      cwd: work,
      env: {
        ...Object.fromEntries(filled),
        GITHUB_OUTPUT: output,
        PATH: `${join(work, 'bin')}:${process.env['PATH']}`,
      },
      reject: false,
    })
    if (result.exitCode !== 0) return { failed: result.stdout + result.stderr, output: '' }
  }
  return { failed: undefined, output: await readFile(output, 'utf8') }
}

const calls = async () =>
  (await readFile(join(work, 'calls'), 'utf8')).replaceAll(work, '').trim().split('\n')

test('fetches and verifies the release, builds, and reports the bundles', async () => {
  const { failed, output } = await runAction({ definition: 'edge', version: 'v0.1.0' })
  expect(failed).toBeUndefined()
  expect(await calls()).toEqual([
    expect.stringMatching(
      /^gh release download v0\.1\.0 --repo owner\/edgekit --dir \/temp\/edgekit-v0\.1\.0 /,
    ),
    expect.stringMatching(
      /^\/temp\/edgekit-v0\.1\.0\/edgekit-linux-\w+ bundle edge --arch amd64,arm64 -o bundles$/,
    ),
  ])
  expect(output).toBe(
    [
      'bundles<<END-OF-BUNDLES',
      'bundles/kubeedge-edge-v1.22.0-amd64.tar.gz',
      'bundles/kubeedge-edge-v1.22.0-arm64.tar.gz',
      'END-OF-BUNDLES\n',
    ].join('\n'),
  )
})

test('uses a definition of the user and exactly its lock', async () => {
  const definition = 'my site/$(touch harm).yaml'
  const given = { definition, version: 'v0.1.0', arch: 'arm64', frozen: 'true', output: 'out' }
  expect((await runAction(given)).failed).toBeUndefined()
  expect((await calls())[1]).toMatch(
    / bundle -f my site\/\$\(touch harm\)\.yaml --frozen --arch arm64 -o out$/,
  )
})

test('accepts a release whose edgekit the given key signed, and no other', async () => {
  const given = { definition: 'edge', version: 'v0.1.0', 'public-key': pemOf(publicKey) }
  expect((await runAction(given)).failed).toBeUndefined()
  expect(await calls()).toHaveLength(2)
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
  const foreign = await runAction({ ...given, output: 'other', 'public-key': pemOf(other) })
  expect(foreign.failed).toContain('Verification failure')
  await rm(join(work, 'release/edgekit-linux-arm64.sig'))
  await rm(join(work, 'temp'), { recursive: true })
  const unsigned = await runAction({ ...given, output: 'more' })
  expect(unsigned.failed).toContain('edgekit-linux-arm64.sig: No such file')
  expect(await calls()).toHaveLength(4)
})

test.each([
  [
    'an edgekit that is not the one of the release',
    () => writeFile(join(work, 'release/edgekit-linux-arm64'), 'x'),
    'edgekit-linux-arm64: FAILED',
  ],
  [
    'checksums that lack one',
    () => execa('sed', ['-i', '/arm64/d', join(work, 'release/SHA256SUMS')]),
    'SHA256SUMS of v0.1.0 must list edgekit for amd64 and arm64',
  ],
])('refuses %s', async (_, harm, words) => {
  await harm()
  expect((await runAction({ definition: 'edge', version: 'v0.1.0' })).failed).toContain(words)
  expect(await calls()).toHaveLength(1)
})

test('refuses an output directory that is not empty', async () => {
  await mkdir(join(work, 'bundles'))
  await writeFile(join(work, 'bundles/old.tar.gz'), '')
  const { failed } = await runAction({ definition: 'edge', version: 'v0.1.0' })
  expect(failed).toContain('bundles is not empty')
})
