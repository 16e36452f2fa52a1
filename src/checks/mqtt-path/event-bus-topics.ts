import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const eventBusTopics: Check = {
  id: 'event-bus-topics',
  title: 'The broker lets EdgeCore use its topics',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  needs: ['broker-round-trip'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    if (!('edgecoreTopics' in probe)) return { status: 'skip', observed: 'the broker did not let edgekit in' }
    if ('ms' in probe.edgecoreTopics) return { status: 'pass', observed: '$hw/events/…, both ways' }
    return {
      status: 'fail',
      observed: `a message on $hw/events/… does not arrive (${probe.edgecoreTopics.failure}), one on another topic does`,
      expected:
        'reading and writing of $hw/#, SYS/dis/upload_records and +/user/#: EdgeCore is not told that an access list denies them, and hears nothing',
      remedy: {
        text: 'Add "topic readwrite $hw/#" to the access list for the user of EdgeCore: "topic readwrite #" does not cover topics that begin with $.',
        commands: [
          'grep -n acl_file /etc/edgekit/mosquitto/mosquitto.conf',
          'systemctl kill --signal=HUP mosquitto',
        ],
      },
    }
  },
}
