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
