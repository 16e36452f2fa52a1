import type { Release } from '../machine/tree.ts'
import { type Command, programIn } from './image-program.ts'
import { type LabBroker, startBroker, treeOf } from './program.ts'

const packages = ['mosquitto']

/** The command that runs Debian's mosquitto on this machine. */
export const mosquittoProgram = async (release: Release): Promise<Command> =>
  programIn(await treeOf({ release, packages }), '/usr/sbin/mosquitto')

/** Debian's mosquitto: 2.0.11 (bookworm) or 2.0.21 (trixie), with settings beside its listener. */
export const startMosquitto = (release: Release, settings: readonly string[] = []): Promise<LabBroker> =>
  startBroker(port => ({
    release,
    packages,
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
