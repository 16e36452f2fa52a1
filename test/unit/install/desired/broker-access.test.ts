import { X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import type { AccessFileSpec } from '../../../../src/actions/files/access-file.ts'
import {
  certificateProblem,
  createAuthority,
  issueServerCertificate,
} from '../../../../src/broker/access/certificates.ts'
import { matchesHash, readPasswordFile } from '../../../../src/broker/access/password-file.ts'
import { brokerConfigFor } from '../../../../src/broker/profile/broker-config.ts'
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
  const specs = access.files.flatMap(({ kind, spec }): AccessFileSpec[] => {
    if (kind === 'access-pair') return [spec.key, spec.certificate]
    return kind === 'access-file' ? [spec] : []
  })
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

test('the profile local needs no files, users, or proof', async () => {
  const { access } = await textsFor(await edgeNode(), { set: {} })
  expect(access).toMatchObject({ files: [], proof: [], edgecore: { values: {}, secrets: {} } })
  expect(access.config.spec).toMatchObject({ source: { text: brokerConfigFor(localProfile) } })
})

test('a CA of devices is made once, and stays', async () => {
  const node = await edgeNode()
  const { texts } = await installOn(node, { broker, set: {} })
  expect(new X509Certificate(texts[paths.brokerDeviceCa] ?? '').subject).toBe(
    'CN=edgekit device CA of Edge-7',
  )
  const required = brokerSettings({ clientCertificates: true }, broker)
  expect((await textsFor(node, { broker: required, set: {} })).texts).toEqual(texts)
})

test('a file in conf.d that contradicts the configuration is refused', async () => {
  const node = await edgeNode()
  const mine = `${paths.brokerConfD}/mine.conf`
  await node.put(mine, 'log_type all\nlistener 1884\nlog_dest file /var/log/mosquitto.log\n')
  await node.put(`${paths.brokerConfD}/notes.txt`, 'listener 1885\n')
  await expect(textsFor(node, { broker, set: {} })).rejects.toThrow(
    expect.objectContaining({
      message: `cannot use ${paths.brokerConfD}: it contradicts the configuration of edgekit
  ${mine}:2: listener 1884: listeners are settings of edgekit
  ${mine}:3: log_dest file /var/log/mosquitto.log: the broker can write only below /mosquitto/data`,
      exitCode: exitCodes.refused,
    }),
  )
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

test('certificates that a user has imported stay, and must serve the names of the node', async () => {
  const node = await edgeNode()
  const { texts } = await installOn(node, { broker, set: {} })
  await node.files.remove(paths.brokerCaKey)
  const kept = (await textsFor(node, { broker, set: {} })).texts
  for (const path of [paths.brokerCa, paths.brokerCertificate, paths.brokerKey])
    expect(kept[path]).toBe(texts[path])
  expect(kept).not.toHaveProperty([paths.brokerCaKey])
  const renamed = brokerSettings({ names: ['b.example'] }, broker)
  await expect(textsFor(node, { broker: renamed, set: {} })).rejects.toThrow(
    expect.objectContaining({
      message: `cannot use the certificates in ${paths.brokerTls}: server.crt: it is not for b.example`,
      exitCode: exitCodes.refused,
    }),
  )
})

test('a CA for later stays, and belongs to edgekit', async () => {
  const node = await edgeNode()
  await installOn(node, { broker, set: {} })
  await node.put(paths.brokerNextCa, 'next', 0o644)
  const { access } = await textsFor(node, { broker, set: {} })
  expect(access.files.map(({ id }) => id)).toContain(paths.brokerNextCa)
  expect(access.files.map(({ id }) => id)).not.toContain(paths.brokerNextCaKey)
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

test('a server certificate of the user stays, with the CA that issued it', async () => {
  const node = await edgeNode()
  const now = new Date()
  const theirs = await createAuthority('factory', now)
  const server = await issueServerCertificate(theirs, ['broker.example'], now)
  await installOn(node, { broker, set: {} })
  await node.put(paths.brokerCertificate, server.certificate)
  await node.put(paths.brokerKey, server.key)
  await expect(textsFor(node, { broker, set: {} })).rejects.toThrow(
    `cannot use the certificates in ${paths.brokerTls}: server.crt: no CA in ca.crt issued it, with the other certificates in server.crt`,
  )
  await node.put(paths.brokerCa, theirs.certificate)
  const { texts } = await textsFor(node, { broker, set: {} })
  expect([paths.brokerCa, paths.brokerCertificate, paths.brokerKey].map(path => texts[path])).toEqual([
    theirs.certificate,
    server.certificate,
    server.key,
  ])
  await expect(
    textsFor(node, { broker: brokerSettings({ names: ['other.example'] }, broker), set: {} }),
  ).rejects.toThrow('server.crt: it is not for other.example')
})

test.each([
  [paths.brokerCertificate, 'there is no server.crt, and the CA of ca.crt has no key here to issue one'],
  [paths.brokerKey, 'there is no server.key'],
  [paths.brokerCa, 'there is no ca.crt with the CA that issued server.crt'],
])('certificates of the user without %s are refused', async (missing, reason) => {
  const node = await edgeNode()
  const now = new Date()
  const theirs = await createAuthority('factory', now)
  const server = await issueServerCertificate(theirs, ['broker.example'], now)
  const texts: Record<string, string> = {
    [paths.brokerCa]: theirs.certificate,
    [paths.brokerCertificate]: server.certificate,
    [paths.brokerKey]: server.key,
  }
  for (const [path, text] of Object.entries(texts)) if (path !== missing) await node.put(path, text)
  await expect(textsFor(node, { broker, set: {} })).rejects.toThrow(
    expect.objectContaining({
      message: `cannot use the certificates in ${paths.brokerTls}: ${reason}`,
      exitCode: exitCodes.refused,
    }),
  )
})
