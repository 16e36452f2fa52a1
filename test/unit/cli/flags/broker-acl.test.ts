import { expect, test } from 'vitest'
import { everyUser } from '../../../../src/broker/access/acl.ts'
import { ruleOf } from '../../../../src/cli/flags/broker-acl.ts'

const none = { user: undefined, 'all-users': false, topic: 'a/#', read: false, write: false, deny: false }

test.each([
  [
    { user: 'app', read: true },
    { owner: 'app', access: 'read' },
  ],
  [
    { user: 'app', write: true },
    { owner: 'app', access: 'write' },
  ],
  [
    { user: 'app', read: true, write: true },
    { owner: 'app', access: 'readwrite' },
  ],
  [
    { 'all-users': true, deny: true },
    { owner: everyUser, access: 'deny' },
  ],
])('%j name a rule', (flags, rule) => {
  expect(ruleOf({ ...none, ...flags })).toEqual({ ...rule, topic: 'a/#' })
})

test.each([
  [{ read: true }, 'the rule names no user'],
  [{ user: 'app' }, 'the rule allows and denies nothing'],
])('%j do not: %s', (flags, message) => {
  expect(() => ruleOf({ ...none, ...flags })).toThrow(message)
})
