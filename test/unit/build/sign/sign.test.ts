import { generateKeyPairSync, verify } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sign, signingKey } from '../../../../src/build/sign/sign.ts'
import { readPublicKey } from '../../../../src/bundle/signature.ts'
import { EdgekitError } from '../../../../src/lib/errors.ts'

let scratch: string
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'edgekit-sign-'))
})
afterAll(() => rm(scratch, { recursive: true }))

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pkcs8 = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const sec1 = pair.privateKey.export({ type: 'sec1', format: 'pem' }).toString()

test.each([
  ['PKCS #8', pkcs8],
  ['SEC 1', sec1],
])('signs with a key in %s form, from a file or the environment', async (_, pem) => {
  const file = join(scratch, 'key.pem')
  await writeFile(file, pem)
  for (const key of [await signingKey(file, {}), await signingKey(undefined, { EDGEKIT_SIGNING_KEY: pem })]) {
    if (key === undefined) throw new Error('no key')
    const signature = await sign(Buffer.from('text'), key)
    expect(signature).toMatch(/^[A-Za-z0-9+/]+=*\n$/)
    expect(verify('sha256', Buffer.from('text'), pair.publicKey, Buffer.from(signature, 'base64'))).toBe(true)
    expect(await sign(Buffer.from('text'), key)).toBe(signature)
    expect(await sign(Buffer.from('other'), key)).not.toBe(signature)
  }
})

// https://www.rfc-editor.org/rfc/rfc6979#appendix-A.2.5
test('uses the nonce of RFC 6979', async () => {
  const d = 'C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721'
  const der = Buffer.from(`30310201010420${d}a00a06082a8648ce3d030107`, 'hex')
  const pem = `-----BEGIN EC PRIVATE KEY-----\n${der.toString('base64')}\n-----END EC PRIVATE KEY-----\n`
  const key = await signingKey(undefined, { EDGEKIT_SIGNING_KEY: pem })
  if (key === undefined) throw new Error('no key')
  const signature = Buffer.from(await sign(Buffer.from('sample'), key), 'base64').toString('hex')
  expect(signature).toContain('efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716')
  expect(signature).toContain('f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8')
})

test('returns no key if none is given', async () => {
  expect(await signingKey(undefined, {})).toBeUndefined()
  expect(await signingKey(undefined, { EDGEKIT_SIGNING_KEY: '' })).toBeUndefined()
})

const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString()

test.each([
  [
    'an RSA key',
    pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    'of type rsa, expected',
  ],
  ['an Ed25519 key', pemOf(generateKeyPairSync('ed25519').privateKey), 'of type ed25519, expected'],
  [
    'a key on another curve',
    pemOf(generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey),
    'of type ec on secp384r1, expected ECDSA on P-256',
  ],
  [
    'an encrypted key',
    pair.privateKey
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
      .toString(),
    'is encrypted',
  ],
  [
    'a public key',
    pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    'it is not a private key in PEM form',
  ],
  ['half a key', sec1.slice(0, 100), 'it is not a private key in PEM form'],
])('%s is refused, and no message contains it', async (_, pem, message) => {
  const error = await signingKey(undefined, { EDGEKIT_SIGNING_KEY: pem }).catch(error => error)
  expect(error).toBeInstanceOf(EdgekitError)
  expect(error.message).toContain(message)
  expect(`${error.message}${error.remedy}`).not.toContain(pem.split('\n')[1])
})

test.each([
  ['a private key', pkcs8, 'it is a private key'],
  ['no key', 'hello', 'it is not a public key in PEM form'],
  [
    'an RSA key',
    generateKeyPairSync('rsa', { modulusLength: 2048 })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString(),
    'of type rsa, expected ECDSA on P-256',
  ],
])('%s is not a trusted key', (_, pem, message) => {
  expect(() => readPublicKey(pem, 'a.pem')).toThrow(message)
})
