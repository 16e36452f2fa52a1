import { test } from 'vitest'
import { startActivemq } from '../../lab/brokers/activemq.ts'
import { startEjabberd } from '../../lab/brokers/ejabberd.ts'
import { startRabbitmq } from '../../lab/brokers/rabbitmq.ts'
import { expectGolden } from './golden.ts'

test.for([
  ['activemq-5.17.6', startActivemq],
  ['ejabberd-24.12', startEjabberd],
  ['rabbitmq-4.0.5', startRabbitmq],
] as const)('%s', async ([name, start], { expect }) => {
  await expectGolden(expect, name, start)
})
