import { test } from 'vitest'
import { startAedes } from '../../lab/brokers/aedes.ts'
import { startMosquitto } from '../../lab/brokers/mosquitto.ts'
import { startNats } from '../../lab/brokers/nats.ts'
import { expectGolden } from './golden.ts'

test.concurrent.for([
  ['mosquitto-2.0.21', () => startMosquitto('trixie')],
  ['mosquitto-2.0.11', () => startMosquitto('bookworm')],
  ['aedes-2.0.0-beta.1', startAedes],
  ['nats-2.10.27', startNats],
] as const)('%s', async ([name, start], { expect }) => {
  await expectGolden(expect, name, start)
})
