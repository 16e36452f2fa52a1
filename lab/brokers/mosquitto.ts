import type { Release } from '../machine/tree.ts'
import { type LabBroker, startBroker } from './program.ts'

/** Debian's mosquitto: 2.0.11 (bookworm) or 2.0.21 (trixie), with settings beside its listener. */
export const startMosquitto = (release: Release, settings: readonly string[] = []): Promise<LabBroker> =>
  startBroker(port => ({
    release,
    packages: ['mosquitto'],
    command: ['/usr/sbin/mosquitto', '-c', '/mnt/mosquitto.conf'],
    files: {
      // In the tree nobody but root exists.
      'mosquitto.conf': [
        `listener ${port} 127.0.0.1`,
        'allow_anonymous true',
        'user root',
        ...settings,
        '',
      ].join('\n'),
    },
  }))
