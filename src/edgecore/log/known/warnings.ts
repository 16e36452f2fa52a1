import type { KnownLine } from './known-line.ts'

/** Problems while EdgeCore runs: messages are stuck or lost, images are removed. */
export const warnings: readonly KnownLine[] = [
  {
    code: 'event-bus-blocked',
    pattern: /^The module eventbus message channel is full/,
    text: 'so many messages wait for EventBus that other parts of EdgeCore stand still',
    remedy: 'Start the broker; EventBus then sends the messages.',
    commands: ['systemctl start mosquitto'],
  },
  {
    code: 'subscribe-failed',
    // v1.8 and later log success as `subscribe topic to`.
    pattern: /^edge-hub-cli subscribe topic: /i,
    text: 'EventBus could not subscribe to one of its topics',
    remedy:
      'Let the user of EventBus read $hw/#, SYS/dis/upload_records and +/user/# in the access list of the broker.',
  },
  {
    code: 'publish-failed',
    pattern: /^Error in pubMQTT with topic: /,
    text: 'EventBus could not hand a message to the broker',
    remedy: 'Read the broker log.',
    commands: ['journalctl -u mosquitto -n 50 --no-pager'],
  },
  {
    code: 'tunnel-failed',
    pattern: /^TLSClientConnect error (?<reason>.{1,200})/,
    text: 'kubectl logs and exec cannot reach this node: EdgeCore cannot open its tunnel to CloudCore, port 10004 ({reason})',
    remedy:
      'Let the node through to port 10004 of CloudCore at layer 4, and enable modules.cloudStream there, or switch modules.edgeStream off here.',
    commands: ['grep -n -A8 "edgeStream:" /etc/kubeedge/config/edgecore.yaml'],
  },
  {
    code: 'cloud-messages-dropped',
    pattern: /^too many message received, fifo overflow/,
    text: 'the cloud sends messages faster than EdgeCore processes them, and EdgeCore drops some (kubeedge 3153)',
    remedy: 'Restart EdgeCore: it asks the cloud for everything again.',
    commands: ['systemctl restart edgecore'],
  },
  {
    code: 'twin-module-crashed',
    pattern: /^(?<module>\w{1,40}) in twin panic with err/,
    text: '{module} of DeviceTwin crashed over a message, and starts again within 2 minutes (kubeedge 6950)',
    remedy: 'If it repeats, find the device whose twin CloudCore sent at that time.',
    commands: ['journalctl -u edgecore --no-pager | grep -A3 "in twin panic"'],
  },
  {
    code: 'image-removed',
    pattern: /^"Removing image to free bytes"/,
    text: 'the kubelet removes images because the disk is full; on containerd before 1.6.25 and 1.7.10 also pinned ones',
    remedy: 'Free disk space, then check that the broker image is still there.',
    commands: ['df -h', 'ctr -n k8s.io images ls'],
  },
  {
    code: 'eviction',
    pattern: /[Ee]viction manager: (?:attempting to reclaim|must evict pod)/,
    text: 'the kubelet evicts pods because disk or memory runs out',
    remedy: 'Free disk space or memory.',
    commands: ['df -h', 'free -h'],
  },
]
