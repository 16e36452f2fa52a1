import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { trustedKeys } from '../../../src/bundle/trusted-keys.ts'
import { paths } from '../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../actions/tiny-node.ts'

const directory = paths.trustedKeys
const key = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).publicKey
const trusted = async (prepare: (node: TinyNode) => Promise<unknown>) => {
  const node = await tinyNode()
  await prepare(node)
  return trustedKeys(node.files)
}

test.each<[string, number, (node: TinyNode) => Promise<unknown>]>([
  ['without a directory', 0, async () => {}],
  ['with a note', 0, node => node.put(`${directory}/README`, 'Keys of our releases')],
  ['with a key', 1, node => node.put(`${directory}/acme.pem`, key)],
  ['with a key that only root can read', 1, node => node.put(`${directory}/acme.pem`, key, 0o600)],
  [
    'with two keys and a note',
    2,
    async node => {
      await node.put(`${directory}/acme.pem`, key)
      await node.put(`${directory}/backup.pem`, key)
      await node.put(`${directory}/notes.txt`, 'Keys of our releases')
    },
  ],
])('a node %s trusts %d', async (_, count, prepare) => {
  expect(await trusted(prepare)).toHaveLength(count)
})

test.each<[string, string, (node: TinyNode) => Promise<unknown>]>([
  ['named acme.pub', 'only files named *.pem are trusted', node => node.put(`${directory}/acme.pub`, key)],
  ['named acme.PEM', 'only files named *.pem are trusted', node => node.put(`${directory}/acme.PEM`, key)],
  ['named acme', 'only files named *.pem are trusted', node => node.put(`${directory}/acme`, key)],
  [
    'of SSH',
    'only files named *.pem are trusted',
    node => node.put(`${directory}/id`, 'ecdsa-sha2-nistp256 AAAA'),
  ],
  [
    'that everybody can write',
    'users other than root can change it',
    node => node.put(`${directory}/acme.pem`, key, 0o666),
  ],
  [
    'that a group can write',
    'users other than root can change it',
    node => node.put(`${directory}/acme.pem`, key, 0o664),
  ],
  [
    'of another user',
    'users other than root can change it',
    async node => {
      await node.put(`${directory}/acme.pem`, key)
      const real = node.files
      const status = async (path: string) => {
        const found = await real.status(path)
        return found && path.endsWith('.pem') ? { ...found, uid: 1000 } : found
      }
      Object.assign(node, { files: { ...real, status } })
    },
  ],
  [
    'in a directory that everybody can write',
    'users other than root can change it',
    async node => {
      await node.put(`${directory}/acme.pem`, key)
      await node.files.setAccess(directory, { mode: 0o777, uid: 0, gid: 0 })
    },
  ],
  [
    'behind a link',
    'it is not a regular file',
    async node => {
      await node.put(`${directory}/acme`, 'note')
      await node.files.link(`${directory}/acme.pem`, '/home/mallory/acme.pem')
    },
  ],
  ['that is none', 'it is not a public key in PEM form', node => node.put(`${directory}/acme.pem`, 'none')],
])('a key %s is refused, because skipping it would weaken the node', async (_, reason, prepare) => {
  await expect(trusted(prepare)).rejects.toMatchObject({
    name: 'EdgekitError',
    code: 'invalid-key',
    message: expect.stringContaining(reason),
  })
})
