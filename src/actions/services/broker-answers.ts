import type { BrokerAddress } from '../../broker/connect.ts'
import { waitForBroker } from '../../broker/probe.ts'
import type { Action } from '../action.ts'

export interface BrokerAnswersSpec extends BrokerAddress {
  timeoutMs: number
}

/** Changes nothing: holds back the rest of a plan until the broker accepts MQTT connections. */
export const brokerAnswers: Action<BrokerAnswersSpec, null> = {
  kind: 'broker-answers',
  describe: ({ host, port }) => `Wait for the broker on ${host}:${port}`,
  inspect: spec =>
    waitForBroker(spec, 0).then(
      () => 'done' as const,
      () => 'needed' as const,
    ),
  capture: async () => null,
  apply: spec => waitForBroker(spec, spec.timeoutMs),
  revert: async () => {},
}
