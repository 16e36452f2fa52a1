import type { BrokerAddress } from '../../broker/connect.ts'
import { waitForBroker } from '../../broker/probe.ts'
import type { Action } from '../action.ts'

export interface BrokerAnswersSpec extends BrokerAddress {
  timeoutMs: number
}

/** Changes nothing: what comes after it in a plan is only done once the broker accepts an MQTT connection. */
export const brokerAnswers: Action<BrokerAnswersSpec, null> = {
  kind: 'broker-answers',
  describe: ({ host, port }) => `Wait until ${host}:${port} answers MQTT`,
  inspect: spec =>
    waitForBroker(spec, 0).then(
      () => 'done' as const,
      () => 'needed' as const,
    ),
  capture: async () => null,
  apply: spec => waitForBroker(spec, spec.timeoutMs),
  revert: async () => {},
}
