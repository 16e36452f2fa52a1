import { generateKeyPairSync, verify } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { tinyEntries } from '../../../lab/bundles/tiny-bundle.ts'
import { readSignature } from '../../../src/build/sign/read-signature.ts'
import { signBundle } from '../../../src/build/sign/sign-bundle.ts'
import { locateBundle } from '../../../src/bundle/locate.ts'
import { localFiles } from '../../../src/node/files.ts'
import { packTiny } from '../build/sign/pack-tiny.ts'

const name = 'kubeedge-edge-v1.22.0-amd64.tar.gz'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'sec1', format: 'pem' }).toString().trim()

let work: string
beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'edgekit-signing-'))
  for (const directory of ['unsigned', 'bin', 'work']) await mkdir(join(work, directory))
  await packTiny(await tinyEntries(), join(work, 'unsigned', name), join(work, 'work'))
  await writeFile(join(work, 'unsigned/edgekit-linux-amd64'), '#!/bin/sh\ntouch harm\n', { mode: 0o755 })
  // What a runner has; nothing else is found.
  for (const program of ['mkdir', 'tar', 'gzip', 'openssl', 'base64'])
    await symlink((await execa('which', [program])).stdout, join(work, 'bin', program))
})
afterAll(() => rm(work, { recursive: true }))

/** The script of the release workflow that has the key. */
async function signAsTheWorkflow(key: string) {
  const { jobs } = parse(await readFile('.github/workflows/build-release.yml', 'utf8'))
  const { run } = jobs.sign.steps.find((step: { run?: string }) => step.run)
  return await execa('/bin/bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
    cwd: work,
    env: { PATH: join(work, 'bin'), EDGEKIT_SIGNING_KEY: key },
    extendEnv: false,
    reject: false,
  })
}

test('the release workflow signs with programs of the runner, and edgekit inserts what it made', async () => {
  expect(await signAsTheWorkflow(pem)).toMatchObject({ exitCode: 0 })
  expect(await readdir(join(work, 'signatures'))).toEqual(['edgekit-linux-amd64.sig', `${name}.sig`])
  const [program, ofProgram] = await Promise.all([
    readFile(join(work, 'unsigned/edgekit-linux-amd64')),
    readFile(join(work, 'signatures/edgekit-linux-amd64.sig'), 'utf8'),
  ])
  expect(verify('sha256', program, publicKey, Buffer.from(ofProgram, 'base64'))).toBe(true)
  const { paths } = await signBundle(locateBundle(join(work, 'unsigned', name), localFiles()), {
    by: await readSignature(join(work, `signatures/${name}.sig`)),
    outputDirectory: join(work, 'release'),
    signal: new AbortController().signal,
  })
  const signed = locateBundle(paths[0] ?? '', localFiles())
  const verdict = await signed.verify([{ name: 'release', key: publicKey }])
  expect(verdict).toMatchObject({ signature: 'good', problems: [] })
  expect(await readdir(work)).not.toContain('harm')
})

test('the release workflow stops without a key', async () => {
  const { exitCode, stderr } = await signAsTheWorkflow('')
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: 'secret EDGEKIT_SIGNING_KEY is not set' })
})
