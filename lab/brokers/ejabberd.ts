import { type LabBroker, shell, startBroker } from './program.ts'

const configuration = (port: number): string => `hosts: [localhost]
loglevel: error
auth_method: [anonymous]
anonymous_protocol: both
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: mod_mqtt
    backlog: 1000
modules:
  mod_mqtt: {}
`

/** Debian's ejabberd with its MQTT module. */
export const startEjabberd = (): Promise<LabBroker> =>
  startBroker(port => ({
    release: 'trixie',
    packages: ['ejabberd', ...shell],
    // Its start script changes to a user that the tree does not have.
    command: [
      'sh',
      '-c',
      "sed 's/^INSTALLUSER=.*/INSTALLUSER=/' /usr/sbin/ejabberdctl > /mnt/ctl; exec sh /mnt/ctl foreground",
    ],
    environment: {
      EJABBERD_CONFIG_PATH: '/mnt/ejabberd.yml',
      HOME: '/mnt',
      ERLANG_NODE: 'edgekit@127.0.0.1',
    },
    files: { 'ejabberd.yml': configuration(port) },
    writable: ['/var/lib/ejabberd', '/var/log/ejabberd', '/run', '/tmp'],
  }))
