import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import type { AccessFileSpec } from '../../../../src/actions/files/access-file.ts'
import { certificateProblem } from '../../../../src/broker/access/certificates.ts'
import { matchesHash, readPasswordFile } from '../../../../src/broker/access/password-file.ts'
import { brokerSettings, localProfile } from '../../../../src/broker/profile/broker-settings.ts'
import { brokerAccess } from '../../../../src/install/desired/broker-access.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import type { Node } from '../../../../src/node/node.ts'
import { paths } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'

const manifest = { broker: { image: 'docker.io/library/eclipse-mosquitto:2.0' } }
const broker = brokerSettings({ profile: 'devices', addresses: ['192.0.2.7'] }, localProfile)
const user = 'modules.eventBus.mqttUsername'
const password = 'modules.eventBus.mqttPassword'

async function edgeNode(): Promise<TinyNode & Node> {
  const node = await tinyNode()
  const machine = { hostName: 'Edge-7' } as Awaited<ReturnType<Node['machine']>>
  return {
    ...node,
    machine: async () => machine,
    network: { ...node.network, addresses: () => ['192.0.2.7', '198.51.100.7'] },
  }
}

/** What the steps write, by path. */
async function textsFor(node: Node, settings: Parameters<typeof brokerAccess>[0]) {
  const access = await brokerAccess(settings, manifest, node)
  const specs = access.files.flatMap(({ kind, spec }) =>
    kind === 'access-file' ? [spec as AccessFileSpec] : [],
  )
  return {
    access,
    texts: Object.fromEntries(specs.map(({ path, source }) => [path, source?.reveal() ?? ''])),
  }
}

/** Writes them, as an install does. */
async function installOn(node: TinyNode & Node, settings: Parameters<typeof brokerAccess>[0]) {
  const { access, texts } = await textsFor(node, settings)
  for (const [path, text] of Object.entries(texts)) await node.put(path, text)
  return { access, texts }
}

test('the profile local needs nothing', async () => {
  const { access } = await textsFor(await edgeNode(), { set: {} })
  expect(access).toEqual({
    config: undefined,
    files: [],
    trial: [],
    proof: [],
    edgecore: { values: {}, secrets: {} },
  })
})

test('the profile devices gives EdgeCore a user, and the broker a certificate for its names', async () => {
  const node = await edgeNode()
  const { access, texts } = await textsFor(node, { broker, set: {} })
  const secret = access.edgecore.secrets[password]
  expect(access.edgecore.values).toEqual({ [user]: 'edgecore' })
  expect(JSON.stringify(access)).not.toContain(secret?.reveal())
  const [entry] = readPasswordFile(texts[paths.brokerPasswords] ?? '')
  expect(entry?.name).toBe('edgecore')
  expect(matchesHash(secret?.reveal() ?? '', entry?.hash ?? '')).toBe(true)
  const server = { certificate: texts[paths.brokerCertificate] ?? '', key: texts[paths.brokerKey] ?? '' }
  const names = ['192.0.2.7', 'edge-7', 'localhost', '127.0.0.1']
  const authority = texts[paths.brokerCa] ?? ''
  expect(certificateProblem(server, { authority, names, now: new Date() })).toBeUndefined()
  expect(new X509Certificate(server.certificate).checkIP('198.51.100.7')).toBeUndefined()
})

test('a wildcard address is a certificate for all addresses of the node', async () => {
  const { texts } = await textsFor(await edgeNode(), {
    broker: brokerSettings(
      { profile: 'devices', addresses: ['0.0.0.0'], names: ['broker.example'] },
      localProfile,
    ),
    set: {},
  })
  const certificate = new X509Certificate(texts[paths.brokerCertificate] ?? '')
  expect(['192.0.2.7', '198.51.100.7'].map(address => certificate.checkIP(address))).not.toContain(undefined)
  expect(certificate.checkHost('broker.example')).toBe('broker.example')
})

test('a second install changes nothing, and keeps users and rules that were added', async () => {
  const node = await edgeNode()
  const { texts } = await installOn(node, { broker, set: {} })
  expect((await textsFor(node, { broker, set: {} })).texts).toEqual(texts)
  await node.put(paths.brokerPasswords, `${texts[paths.brokerPasswords]}anna:$7$1$a$b\n`)
  await node.put(paths.brokerAcl, `${texts[paths.brokerAcl]}\nuser anna\ntopic read more\n`)
  const again = (await textsFor(node, { broker, set: {} })).texts
  expect(again[paths.brokerPasswords]).toContain('\nanna:$7$1$a$b\n')
  expect(again[paths.brokerAcl]).toContain('\nuser anna\ntopic read more\n')
})

test('a new name needs a new certificate of the same CA', async () => {
  const node = await edgeNode()
  const { texts } = await installOn(node, { broker, set: {} })
  const renamed = (
    await textsFor(node, { broker: brokerSettings({ names: ['b.example'] }, broker), set: {} })
  ).texts
  expect(renamed[paths.brokerCa]).toBe(texts[paths.brokerCa])
  expect(renamed[paths.brokerCertificate]).not.toBe(texts[paths.brokerCertificate])
})

test('users of a test that was killed are removed', async () => {
  const node = await edgeNode()
  await node.put(paths.brokerPasswords, 'edgekit-canary-device-1:$7$1$a$b\nanna:$7$1$a$b\n')
  await node.put(paths.brokerAcl, 'user edgekit-canary-backend-1\ntopic read device/#\n')
  const { texts } = await textsFor(node, { broker, set: {} })
  expect(texts[paths.brokerPasswords]).toMatch(/^anna:/)
  expect(texts[paths.brokerPasswords] ?? '').not.toContain('canary')
  expect(texts[paths.brokerAcl] ?? '').not.toContain('canary')
})

test('back to the profile local, EdgeCore loses its user, and the files stay', async () => {
  const node = await edgeNode()
  await installOn(node, { broker, set: {} })
  const { access } = await textsFor(node, { set: {} })
  expect(access.edgecore).toEqual({ values: { [user]: '', [password]: '' }, secrets: {} })
  expect(access.files.map(({ id }) => id)).toContain(paths.brokerPasswords)
  expect(access.files.every(({ spec }) => !('source' in spec))).toBe(true)
})

test.each([
  ['devices', broker],
  ['local', undefined],
])('with the profile %s, a user that was chosen for EdgeCore with --set stays', async (_, settings) => {
  const node = await edgeNode()
  await installOn(node, { broker, set: {} })
  const { access } = await textsFor(node, { ...(settings && { broker: settings }), set: { [user]: 'own' } })
  expect(access.edgecore).toEqual({ values: {}, secrets: {} })
})

test('an ACL that the broker would not read is not overwritten', async () => {
  const node = await edgeNode()
  await node.put(paths.brokerAcl, 'user anna\nallow all\n')
  await expect(textsFor(node, { broker, set: {} })).rejects.toThrow(
    expect.objectContaining({
      message: `cannot use ${paths.brokerAcl}: line 2 begins with neither user, topic, nor pattern: allow all`,
      exitCode: exitCodes.refused,
    }),
  )
})
