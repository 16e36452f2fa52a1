import * as encode from '../../../src/mqtt/encode.ts'
import type { Rule } from '../../../src/mqtt/packet.ts'
import type { Row } from './change.ts'

/** Ignores packets that break a rule, and takes a CONNECT that does for a correct one. */
const overlooks = (rule: Rule, killer: string): Row => [
  `overlooks wrong ${rule} of clients`,
  () => {
    let count = 0
    return {
      toBroker: (packet, version) => {
        if (!packet.problems.some(problem => problem.rule === rule)) return [packet.bytes]
        if (packet.type !== 'connect') return []
        count += 1
        return [encode.connect({ version, clientId: `overlooked${count}`, clean: true })]
      },
    }
  },
  killer,
]

export const overlooking: Row[] = [
  overlooks('fixed-flags', 'vectors-pubcomp-flags'),
  overlooks('fixed-flags', 'vectors-connect-flags'),
  overlooks('length', 'vectors-subscribe-cut'),
  overlooks('length', 'vectors-pingreq-trailing'),
  overlooks('length', 'vectors-publish-property-length'),
  overlooks('utf8', 'vectors-connect-utf8-will-topic'),
  overlooks('utf8', 'vectors-publish-property-utf8'),
  overlooks('null-character', 'vectors-unsubscribe-utf8-topic-filter'),
  overlooks('properties', 'vectors-connect-will-property-foreign'),
  overlooks('properties', 'vectors-puback-property-twice'),
  overlooks('properties', 'vectors-subscribe-property-unknown'),
  overlooks('properties', 'vectors-connect-property-value'),
  overlooks('reason', 'vectors-pubrel-reason'),
  overlooks('qos', 'vectors-publish-flags'),
  overlooks('topic', 'vectors-publish-topic'),
].map(([fault, mutant, killer]): Row => [`${fault}: ${killer}`, mutant, killer])
