import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const archiveRemoved: Fault = {
  what: 'the archives of the images were removed to save room',
  occasion: 'doctor',
  fails: 'image-archives',
  status: 'warn',
  says: /eclipse-mosquitto-2\.0\.tar is gone/,
  release: 'bookworm',
  breakIt: node => node.sh(`mv ${paths.images} /var/images; mkdir ${paths.images}`),
  mend: node => node.sh(`rmdir ${paths.images}; mv /var/images ${paths.images}`),
}
