import { test } from 'vitest'
import { startActivemq } from '../../lab/brokers/activemq.ts'
import { startEjabberd } from '../../lab/brokers/ejabberd.ts'
import { startRabbitmq } from '../../lab/brokers/rabbitmq.ts'
import { brokerTests } from '../../src/broker-test/groups/index.ts'
import { expectGolden } from './golden.ts'

/** What ActiveMQ does after a topic of 65535 bytes differs: mostly it refuses all subscriptions, sometimes it answers none. */
const repeatable = brokerTests.filter(({ id }) => id !== 'limit-topic-longest')

test.for([
  ['activemq-5.17.6', startActivemq, repeatable],
  ['ejabberd-24.12', startEjabberd, brokerTests],
  ['rabbitmq-4.0.5', startRabbitmq, brokerTests],
] as const)('%s', async ([name, start, tests], { expect }) => {
  await expectGolden(expect, name, start, tests)
})
