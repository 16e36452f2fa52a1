import { expect, test } from 'vitest'
import {
  checkUserName,
  formatPasswordFile,
  generatePassword,
  hashPassword,
  matchesHash,
  readPasswordFile,
  unreadableEntries,
  withUsers,
} from '../../../../src/broker/access/password-file.ts'

/** Written by mosquitto_passwd 2.0.21 for the password `s3cret-ü`. */
const written =
  '$7$101$id+xRcjsQqGf0PS6$cFlGfz8WguTvegtf2pQ4gRBLuZvPy3mkSFUw9dlCNKzPxFFasp9p5fSL4nWDhwyyNcRF+J/W+Oer/yV/HEMa1A=='

test('hashes have the form that mosquitto 2.0 reads: a salt of 12 bytes and a hash of 64', () => {
  const [, kind, rounds, salt = '', hash = ''] = hashPassword('secret', 101).split('$')
  expect([kind, rounds]).toEqual(['7', '101'])
  expect(Buffer.from(salt, 'base64')).toHaveLength(12)
  expect(Buffer.from(hash, 'base64')).toHaveLength(64)
})

test.each([
  ['the same password', 'secret', hashPassword('secret', 3), true],
  ['another password', 'Secret', hashPassword('secret', 3), false],
  ['unicode', 'pässwort 密码', hashPassword('pässwort 密码', 3), true],
  ['what mosquitto_passwd has written', 's3cret-ü', written, true],
  ['argon2id of mosquitto 2.1', 'secret', '$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA', false],
  ['a hash that was cut off', 's3cret-ü', '$7$101$id+xRcjsQqGf0PS6$cFlGfz8WguTvegtf', false],
  ['nothing', 'secret', '', false],
])('%s', (_, password, hash, expected) => {
  expect(matchesHash(password, hash)).toBe(expected)
})

test('reads users in their order, without what is none', () => {
  const text = '# comment\nanna:$7$1$a$b\n\nno hash\nbob:\n:x\n berta : $7$1$c$d \nanna:$7$1$e$f\n'
  expect(readPasswordFile(text)).toEqual([
    { name: 'anna', hash: '$7$1$a$b' },
    { name: 'berta', hash: '$7$1$c$d' },
  ])
  expect(formatPasswordFile(readPasswordFile(text))).toBe('anna:$7$1$a$b\nberta:$7$1$c$d\n')
})

test('a new password keeps the place of its user, and a new user is the last one', () => {
  const users = [
    { name: 'anna', hash: 'old' },
    { name: 'berta', hash: 'other' },
  ]
  const berta = { name: 'berta', hash: 'new' }
  const carla = { name: 'carla', hash: 'first' }
  expect(withUsers(users, [carla, berta])).toEqual([users[0], berta, carla])
})

test('a generated password has 144 bits and differs each time', () => {
  expect(generatePassword()).toMatch(/^[\w-]{24}$/)
  expect(generatePassword()).not.toBe(generatePassword())
})

test.each(['sensor-7', 'Halle 3'.replace(' ', '_'), '温度计', 'a@b', 'x'.repeat(200)])(
  'the name %s is allowed',
  name => {
    expect(() => checkUserName(name)).not.toThrow()
  },
)

test.each(['', '-a', '--role', 'a:b', 'a/b', 'a+', '#', '$SYS', '%u', 'a b', 'a\nb', 'a\0', 'ä'.repeat(101)])(
  'the name %j is refused',
  name => {
    expect(() => checkUserName(name)).toThrow(/^invalid user name .*: it is a level of MQTT topics$/)
    expect(() => checkUserName(name)).toThrow(expect.objectContaining({ exitCode: 2 }))
  },
)

test.each([
  [`app:${hashPassword('x', 101)}`, []],
  ['# app:x', []],
  ['', []],
  // mosquitto_passwd -H sha512 of 2.0.
  ['app:$6$c2FsdHNhbHRzYWx0$aGFzaA==', []],
  [
    'app:$argon2id$v=19$m=47104,t=1,p=1$c2FsdA$aGFzaA',
    ['has a hash that only mosquitto 2.1 reads (argon2id)'],
  ],
  [
    `app:$7$1000$${Buffer.alloc(64).toString('base64')}$${Buffer.alloc(64).toString('base64')}`,
    ['has a salt that only mosquitto 2.1 reads'],
  ],
  ['app:secret', ['has a password that is not hashed']],
  ['app', ['has no password']],
])('what mosquitto 2.0 cannot read: %s', (line, why) => {
  expect(unreadableEntries(`${line}\n`)).toEqual(
    why.map(text => ({ user: 'app', why: text, needsVersion21: text.includes('2.1') })),
  )
})
