import { type LabBroker, startBroker } from './program.ts'

/** Debian's nats-server with its MQTT listener, which keeps messages in JetStream. It speaks MQTT 3.1.1 only. */
export const startNats = (): Promise<LabBroker> =>
  startBroker(port => ({
    release: 'trixie',
    packages: ['nats-server'],
    command: ['/usr/sbin/nats-server', '-c', '/mnt/nats.conf'],
    files: {
      'nats.conf': `server_name: edgekit
listen: 127.0.0.1:-1
jetstream { store_dir: /mnt/jetstream }
mqtt { listen: "127.0.0.1:${port}" }
`,
    },
  }))
