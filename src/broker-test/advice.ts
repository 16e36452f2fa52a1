import type { Group } from './test.ts'

/** What a failure in a group means for those who use the broker, and what they can do. */
export const advice: Record<Group, string> = {
  connect: 'Clients cannot rely on how this broker accepts them. Update the broker.',
  'malformed-connect':
    'The broker accepts clients that send invalid packets. That is a risk on a network with unknown devices: update the broker, and require authentication.',
  publish: 'Messages do not arrive as they were sent. Do not use this broker until it is fixed.',
  qos: 'Messages arrive with another QoS, or in another order. Check the QoS settings of the broker, then update it.',
  'exactly-once':
    'After a lost connection, messages of QoS 1 or 2 are lost or delivered twice. Make consumers idempotent, and update the broker.',
  retained: 'New subscribers get wrong or old values. Do not rely on retained messages of this broker.',
  wildcards:
    'Subscriptions with wildcards get too many or too few messages. Check them in the devices and services that use them.',
  subscribe: 'Subscriptions do not behave as requested. Check the settings of the broker, then update it.',
  'system-topics':
    'Wildcard subscriptions receive internal messages of the broker. Restrict $-topics in its access list.',
  sessions:
    'Devices that go offline lose messages, or get those of others. Check the persistence and queue settings of the broker.',
  will: 'Services do not learn reliably that a device is lost. Detect lost devices by a heartbeat as well.',
  'keep-alive':
    'Lost devices stay connected, or connected devices are dropped. Check the keep alive settings of the broker.',
  shared: 'Consumers in a group lose or repeat messages. Use one consumer, or update the broker.',
  properties: 'Properties of MQTT 5 are lost or changed on the way. Do not rely on them with this broker.',
  'flow-control':
    'Devices with little memory receive more than they announced. Give them larger limits, or update the broker.',
  limits: 'The broker has limits that users must know. Raise them in its configuration if devices need more.',
  errors:
    'The broker tolerates invalid packets. Devices with this fault work here and fail with other brokers; update the broker.',
  vectors:
    'The broker tolerates malformed packets. On a network with unknown devices that is a risk: update the broker, and require authentication.',
  load: 'The broker loses messages under load. Raise its queue and in-flight limits, and check its memory and CPU.',
  access:
    'Clients without the right user name and password are accepted, or reach topics that they must not. Check users and access list of the broker.',
  listeners:
    'Devices that verify certificates, or that use another listener, cannot rely on this broker. Check its listeners and certificates.',
  websockets:
    'Browsers and clients over WebSockets do not work reliably with this broker. Use plain MQTT or TLS, or update the broker.',
  'event-bus':
    'EdgeCore and the broker do not exchange messages. Diagnose the node with sudo edgekit doctor mqtt-path.',
  frames:
    'The broker sends packets that strict clients refuse. Update the broker, and report the frame to its authors.',
}
