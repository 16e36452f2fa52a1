import { type LabBroker, shell, startBroker } from './program.ts'

/** Debian's RabbitMQ with its MQTT plugin. */
export const startRabbitmq = (): Promise<LabBroker> =>
  startBroker(port => ({
    release: 'trixie',
    packages: ['rabbitmq-server', ...shell],
    command: ['/usr/lib/rabbitmq/bin/rabbitmq-server'],
    environment: {
      HOME: '/mnt',
      RABBITMQ_NODENAME: 'edgekit@127.0.0.1',
      RABBITMQ_USE_LONGNAME: 'true',
      RABBITMQ_CONFIG_FILE: '/mnt/rabbitmq.conf',
      RABBITMQ_ENABLED_PLUGINS_FILE: '/mnt/plugins',
      RABBITMQ_MNESIA_BASE: '/mnt/mnesia',
      RABBITMQ_LOG_BASE: '/mnt/log',
      RABBITMQ_LOGS: '-',
    },
    files: {
      plugins: '[rabbitmq_mqtt].\n',
      'rabbitmq.conf': `listeners.tcp = none\nmqtt.listeners.tcp.1 = 127.0.0.1:${port}\n`,
    },
    writable: ['/run', '/tmp'],
  }))
