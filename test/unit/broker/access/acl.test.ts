import { describe, expect, test } from 'vitest'
import {
  type AclRequest,
  type AclRule,
  checkAcl,
  everyUser,
  formatAcl,
  type RuleOwner,
  readAcl,
  rulesOf,
  withRules,
} from '../../../../src/broker/access/acl.ts'
import { aclText, roleOf, roleOfRule, withRole, withRoles } from '../../../../src/broker/access/roles.ts'

const text = `# comment
topic read public/#

pattern write device/%u/status
pattern readwrite client/%c

user anna
topic read a/+/c
topic deny a/secret/c
topic write a/#
topic plain
user böb
topic readwrite $hw/#
user anna
topic read more
`

describe('an acl_file', () => {
  test('is read as mosquitto reads it', () => {
    const acl = readAcl(text)
    expect(acl.anonymous).toEqual([{ access: 'read', topic: 'public/#' }])
    expect(acl.patterns).toEqual([
      { access: 'write', topic: 'device/%u/status' },
      { access: 'readwrite', topic: 'client/%c' },
    ])
    expect([...acl.users.keys()]).toEqual(['anna', 'böb'])
    expect(acl.users.get('anna')?.map(({ access, topic }) => `${access} ${topic}`)).toEqual([
      'read a/+/c',
      'deny a/secret/c',
      'write a/#',
      'readwrite plain',
      'read more',
    ])
  })

  test('stays the same when it is written and read again', () => {
    const acl = readAcl(text)
    expect(readAcl(formatAcl(acl, ['header']))).toEqual(acl)
  })

  test.each([
    ['topic', 'line 1 names no topic: topic'],
    ['topic maybe a/b', 'line 1 has an unknown kind of access: topic maybe a/b'],
    ['\ntopic read a/#/b', 'line 2 has an invalid topic filter: topic read a/#/b'],
    ['pattern write a/b+', 'line 1 has an invalid topic filter: pattern write a/b+'],
    ['user', 'line 1 names no user: user'],
    ['allow all', 'line 1 begins with neither user, topic, nor pattern: allow all'],
  ])('%j is refused: %s', (broken, message) => {
    expect(() => readAcl(broken)).toThrow(new Error(message))
  })
})

describe('checkAcl', () => {
  const acl = readAcl(text)
  const ask = (request: Partial<AclRequest>) =>
    checkAcl(acl, { user: 'anna', clientId: 'c1', topic: 'a/b/c', access: 'read', ...request })
  test.each<[string, Partial<AclRequest>, boolean, string | undefined]>([
    ['an own rule', {}, true, 'topic read a/+/c'],
    ['deny comes before what allows', { topic: 'a/secret/c' }, false, 'topic deny a/secret/c'],
    ['# includes its parent level', { topic: 'a', access: 'write' }, true, 'topic write a/#'],
    ['another kind of access', { topic: 'a/x', access: 'read' }, false, undefined],
    ['a topic without kind of access', { topic: 'plain', access: 'write' }, true, 'topic readwrite plain'],
    [
      'a pattern with the user',
      { topic: 'device/anna/status', access: 'write' },
      true,
      'pattern write device/%u/status',
    ],
    ['a pattern with another user', { topic: 'device/bob/status', access: 'write' }, false, undefined],
    ['a pattern with the client ID', { topic: 'client/c1' }, true, 'pattern readwrite client/%c'],
    ['a user without rules', { user: 'carla' }, false, undefined],
    ['anonymous', { user: undefined, topic: 'public/x' }, true, 'topic read public/#'],
    [
      'anonymous has no user for a pattern',
      { user: undefined, topic: 'device/%u/status', access: 'write' },
      false,
      undefined,
    ],
    ['rules for anonymous clients are not for users', { topic: 'public/x' }, false, undefined],
    ['$hw', { user: 'böb', topic: '$hw/events/x', access: 'write' }, true, 'topic readwrite $hw/#'],
    [
      'a client ID with a wildcard',
      { topic: 'device/anna/status', access: 'write', clientId: '+' },
      false,
      undefined,
    ],
  ])('%s', (_, request, allowed, rule) => {
    expect(ask(request)).toEqual({ allowed, ...(rule !== undefined && { rule }) })
  })
})

describe('roles', () => {
  const acl = withRole(withRoles(readAcl('')), 'app', 'backend')
  test.each<[string, 'read' | 'write', string, boolean]>([
    ['sensor', 'read', 'device/sensor/command', true],
    ['sensor', 'read', 'device/other/command', false],
    ['sensor', 'write', 'device/sensor/status', true],
    ['sensor', 'write', 'device/sensor/data/temperature', true],
    ['sensor', 'write', 'device/sensor/ota/progress', true],
    ['sensor', 'write', 'device/sensor/response', true],
    ['sensor', 'write', 'device/sensor/command', false],
    ['sensor', 'write', 'devices/sensor/data', true],
    ['sensor', 'write', 'devices/sensor/status', true],
    ['sensor', 'write', 'devices/sensor/heartbeat', true],
    ['sensor', 'write', 'devices/other/heartbeat', false],
    ['sensor', 'write', 'system/alerts', false],
    ['sensor', 'read', 'system/devices/online', false],
    ['sensor', 'write', 'device/other/status', false],
    ['sensor', 'write', '$hw/events/x', false],
    ['sensor', 'read', '$SYS/broker/version', false],
    ['app', 'read', 'device/sensor/data/x', true],
    ['app', 'write', 'device/sensor/command', true],
    ['app', 'write', 'device/sensor/status', false],
    ['app', 'read', 'devices/sensor/data', true],
    ['app', 'write', 'devices/sensor/data', false],
    ['app', 'read', 'system/devices/online', true],
    ['app', 'write', 'system/devices/offline', true],
    ['app', 'read', 'system/alerts', true],
    ['app', 'write', 'system/alerts', true],
    ['app', 'write', 'system/broadcast', false],
    ['edgecore', 'write', '$hw/events/node/x/membership/get', true],
    ['edgecore', 'write', 'SYS/dis/upload_records', true],
    ['edgecore', 'read', 'x/user/y', true],
    ['edgecore', 'read', '$SYS/broker/clients/connected', true],
  ])('%s may %s %s: %s', (user, access, topic, allowed) => {
    expect(checkAcl(acl, { user, clientId: 'c', topic, access }).allowed).toBe(allowed)
  })

  test('are recognized, and removed without the other rules of the user', () => {
    const more = readAcl(`${aclText(acl)}topic read own\n`)
    expect([roleOf(more, 'app'), roleOf(more, 'sensor')]).toEqual(['backend', 'device'])
    const device = withRole(more, 'app', 'device')
    expect(device.users.get('app')).toEqual([{ access: 'read', topic: 'own' }])
    expect(withRole(device, 'sensor', 'device').users.has('sensor')).toBe(false)
  })

  test.each<[RuleOwner, AclRule['access'], string, string | undefined]>([
    [everyUser, 'read', 'device/%u/#', 'device'],
    [everyUser, 'write', 'device/%u/#', undefined],
    ['edgecore', 'readwrite', '$hw/#', 'edgecore'],
    ['edgecore', 'deny', '$hw/#', undefined],
    ['app', 'write', 'device/+/command', 'backend'],
    ['app', 'readwrite', '$hw/#', undefined],
  ])('a rule for %j that is %s %s belongs to %s', (owner, access, topic, role) => {
    expect(roleOfRule(owner, { access, topic })).toBe(role)
  })

  test('adding them again changes nothing', () => {
    expect(aclText(withRoles(readAcl(aclText(acl))))).toBe(aclText(acl))
  })
})

describe('rules of one owner', () => {
  const acl = readAcl(text)
  const rule: AclRule = { access: 'read', topic: 'new/#' }
  test.each([everyUser, 'anna', 'carla'] as const)('are replaced, and those of others stay: %s', owner => {
    const changed = withRules(acl, owner, [...rulesOf(acl, owner), rule])
    expect(rulesOf(changed, owner)).toEqual([...rulesOf(acl, owner), rule])
    expect(withRules(changed, owner, rulesOf(acl, owner))).toEqual(acl)
  })
})
