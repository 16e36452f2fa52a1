import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const eventBusTopics: Check = {
  id: 'event-bus-topics',
  title: 'EdgeCore can use its MQTT topics',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  needs: ['broker-round-trip'],
  run(facts) {
    const probe = requireFact(facts.brokerProbe)
    if (!('edgecoreTopics' in probe)) return { status: 'skip', observed: 'the broker rejects EdgeCore' }
    if ('ms' in probe.edgecoreTopics)
      return { status: 'pass', observed: 'read and write access to $hw/events/…' }
    return {
      status: 'fail',
      observed: `messages on $hw/events/… do not arrive (${probe.edgecoreTopics.failure}), messages on other topics do`,
      expected:
        'read and write access to $hw/#, SYS/dis/upload_records and +/user/#: the broker does not report a denied topic to EdgeCore',
      remedy: {
        text: 'Add "topic readwrite $hw/#" to the access list for EdgeCore, then reload the broker. "topic readwrite #" does not cover topics that begin with $.',
        commands: [
          'grep -n acl_file /etc/edgekit/mosquitto/mosquitto.conf',
          'systemctl kill --signal=HUP mosquitto',
        ],
      },
    }
  },
}
