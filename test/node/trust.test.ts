import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edgekitExecutable } from '../../lab/bundles/executable.ts'
import { standInEdgecore } from '../../lab/edgecore/index.ts'
import { startNode } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { labRegistry, mirrorFlags } from '../../lab/registry/lab-registry.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { besidesProgress } from '../progress.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-trust-'))
  for (const name of ['ours', 'theirs']) {
    const [key, pub] = [join(scratch, `${name}.pem`), join(scratch, `${name}.pub.pem`)]
    await execa('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key])
    await execa('openssl', ['ec', '-in', key, '-pubout', '-out', pub])
  }
  const registry = await labRegistry(await standInEdgecore())
  try {
    const sign = ['--sign', join(scratch, 'ours.pem'), '--split', '40M']
    const args = [
      'bundle',
      'edge',
      '--arch',
      hostArch(),
      '-o',
      join(scratch, 'stick'),
      '--cache',
      join(scratch, 'cache'),
      ...mirrorFlags(registry.url),
    ]
    await execa(await edgekitExecutable(), [...args, ...sign])
  } finally {
    await registry.stop()
  }
}, 300_000)
afterAll(() => rm(scratch, { recursive: true, force: true }))

test('a node accepts a bundle in parts only if a trusted key signed it', async () => {
  await using node = await startNode({ release: 'bookworm', certificates: true })
  await node.copyIn(join(scratch, 'stick'), '/root/stick')
  await node.copyIn(join(scratch, 'ours.pub.pem'), '/root/ours.pub.pem')
  await node.copyIn(await edgekitExecutable(), '/root/edgekit')
  await node.copyIn(join(scratch, 'theirs.pub.pem'), `${paths.trustedKeys}/theirs.pem`)
  const install = '/root/edgekit install /root/stick'

  const before = await snapshot(node)
  const refused = await node.run(install)
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(
    `its signature was not made by ${paths.trustedKeys}/theirs.pem`,
  )
  expect(refused.stderr).toContain('What to do: ')
  expect(refused.exitCode).toBe(exitCodes.refused)
  expect(await snapshot(node)).toEqual(before)

  // An unusable key is an error too.
  await node.write(`${paths.trustedKeys}/theirs.pem`, 'no key')
  const unusable = await node.run(install)
  expect(unusable.exitCode).toBe(exitCodes.usage)
  expect(unusable.stderr.replaceAll(/\s+/g, ' ')).toContain('it is not a public key in PEM form')
  await node.sh(`rm ${paths.trustedKeys}/theirs.pem`)

  // Unpacked and without its signature: --key applies too.
  await node.sh('mkdir bundle; cat stick/* | tar xz -C bundle; mv bundle/bundle.json.sig .')
  const unpacked = await snapshot(node)
  expect(await node.run('bundle/edgekit install --key ours.pub.pem')).toMatchObject({
    exitCode: exitCodes.refused,
    stderr: expect.stringContaining('not signed'),
  })
  expect(await snapshot(node)).toEqual(unpacked)

  // Any user can make and remove directories in /var/tmp, where a packed bundle is unpacked.
  const churn = 'while :; do mkdir /var/tmp/edgekit-4194305-x; rmdir /var/tmp/edgekit-4194305-x; done'
  const done = await node.run(
    `setsid runuser -u nobody -- sh -c '${churn}' 2>/dev/null & user=$!
     for turn in 1 2 3; do /root/edgekit verify /root/stick --key ours.pub.pem >/dev/null || exit 1; done
     ${install}/*.part02 --key ours.pub.pem; code=$?
     kill -- -$user; wait $user; rm -rf /var/tmp/edgekit-4194305-x; exit $code`,
    { timeoutMs: 180_000 },
  )
  expect(besidesProgress(done.stderr)).toBe('')
  expect(done.stdout).toContain('This node works.')
  expect(done.exitCode).toBe(exitCodes.ok)
  expect(await node.sh('ls /var/tmp')).not.toContain('edgekit-')
})
