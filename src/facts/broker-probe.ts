import { roundTrip } from '../broker/probe.ts'
import { messageOf } from '../errors.ts'
import { broker } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** A probe: it connects to the broker and sends itself a message. */
export const brokerProbe: Collector<{ roundTripMs: number } | { failure: string }> = {
  name: 'brokerProbe',
  timeoutMs: 10_000,
  collect: async () =>
    roundTrip(broker, 3_000).then(
      roundTripMs => ({ roundTripMs }),
      error => ({ failure: messageOf(error) }),
    ),
}
