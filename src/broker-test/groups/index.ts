import { type BrokerTest, type Group, groups, type ListedTest } from '../test.ts'
import { access } from './access.ts'
import { connect } from './connect.ts'
import { errors } from './errors.ts'
import { eventBus } from './event-bus.ts'
import { flowControl } from './flow-control.ts'
import { keepAlive } from './keep-alive.ts'
import { limits } from './limits.ts'
import { listeners } from './listeners.ts'
import { load } from './load.ts'
import { malformedConnect } from './malformed-connect.ts'
import { onceReceived } from './once-received.ts'
import { onceSent } from './once-sent.ts'
import { properties } from './properties.ts'
import { publish } from './publish.ts'
import { qos } from './qos.ts'
import { retained } from './retained.ts'
import { sessions } from './sessions.ts'
import { shared } from './shared.ts'
import { subscribe } from './subscribe.ts'
import { systemTopics } from './system-topics.ts'
import { vectors } from './vectors.ts'
import { websockets } from './websockets.ts'
import { wildcards } from './wildcards.ts'
import { will } from './will.ts'

/** The linter's rules stand for the group `frames`: they have no tests of their own. */
const byGroup: Record<Exclude<Group, 'frames'>, readonly BrokerTest[]> = {
  connect,
  'malformed-connect': malformedConnect,
  publish,
  qos,
  'exactly-once': [...onceSent, ...onceReceived],
  retained,
  wildcards,
  subscribe,
  'system-topics': systemTopics,
  sessions,
  will,
  'keep-alive': keepAlive,
  shared,
  properties,
  'flow-control': flowControl,
  limits,
  errors,
  vectors,
  load,
  access,
  listeners,
  websockets,
  'event-bus': eventBus,
}

/** Every test, in the order of a report. */
export const brokerTests: readonly ListedTest[] = groups.flatMap(group =>
  group === 'frames' ? [] : byGroup[group].map(test => ({ ...test, group })),
)
