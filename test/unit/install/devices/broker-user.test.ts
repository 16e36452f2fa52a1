import { expect, test } from 'vitest'
import { matchesHash, readPasswordFile } from '../../../../src/broker/access/password-file.ts'
import type { DesiredStep } from '../../../../src/install/desired/step-makers.ts'
import { withBrokerUser, withoutBrokerUser } from '../../../../src/install/devices/broker-user.ts'
import type { Node } from '../../../../src/node/node.ts'
import { paths } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'

const textOf = (steps: readonly DesiredStep[], path: string): string =>
  steps.flatMap(step =>
    step.kind === 'access-file' && step.id === path ? [step.spec.source?.reveal()] : [],
  )[0] ?? ''

async function node(): Promise<TinyNode & Node> {
  const made = await tinyNode()
  await made.put(paths.brokerPasswords, 'edgecore:$7$1$a$b\nd1:$7$1$c$d\n')
  await made.put(paths.brokerAcl, 'user edgecore\ntopic readwrite #\n')
  return made
}

async function write(edge: TinyNode, steps: readonly DesiredStep[]): Promise<void> {
  for (const path of [paths.brokerPasswords, paths.brokerAcl]) await edge.put(path, textOf(steps, path))
}

test('the service gets a user at the broker, in the role backend, once', async () => {
  const edge = await node()
  const { login, steps } = await withBrokerUser(undefined, edge.files)
  const password = /^MQTT_USERNAME=edgekit-devices\nMQTT_PASSWORD=(\S+)\n$/.exec(login)?.[1] ?? ''
  const users = readPasswordFile(textOf(steps, paths.brokerPasswords))
  expect(users.map(({ name }) => name)).toEqual(['edgecore', 'd1', 'edgekit-devices'])
  expect(matchesHash(password, users[2]?.hash ?? '')).toBe(true)
  expect(textOf(steps, paths.brokerAcl)).toContain('user edgekit-devices\ntopic read device/#\n')
  expect(textOf(steps, paths.devicesLogin)).toBe(login)
  expect(steps.map(({ id }) => id)).toEqual([
    'broker answers',
    paths.brokerPasswords,
    paths.brokerAcl,
    'broker reload',
    paths.devicesLogin,
  ])
  await write(edge, steps)
  const again = await withBrokerUser(login, edge.files)
  expect(again.login).toBe(login)
  expect(textOf(again.steps, paths.brokerPasswords)).toBe(textOf(steps, paths.brokerPasswords))
})

test('a password that the broker does not have is given to it again', async () => {
  const edge = await node()
  const { login, steps } = await withBrokerUser(
    'MQTT_USERNAME=edgekit-devices\nMQTT_PASSWORD=p\n',
    edge.files,
  )
  expect(login).toBe('MQTT_USERNAME=edgekit-devices\nMQTT_PASSWORD=p\n')
  const [, , user] = readPasswordFile(textOf(steps, paths.brokerPasswords))
  expect(matchesHash('p', user?.hash ?? '')).toBe(true)
})

test('removing it leaves the other users and rules', async () => {
  const edge = await node()
  expect(await withoutBrokerUser(edge.files)).toEqual([])
  await write(edge, (await withBrokerUser(undefined, edge.files)).steps)
  const steps = await withoutBrokerUser(edge.files)
  expect(textOf(steps, paths.brokerPasswords)).toBe('edgecore:$7$1$a$b\nd1:$7$1$c$d\n')
  expect(textOf(steps, paths.brokerAcl)).not.toContain('edgekit-devices')
  expect(textOf(steps, paths.brokerAcl)).toContain('user edgecore\ntopic readwrite #\n')
})
