import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const clockBehind: Fault = {
  what: 'the clock is two years behind what was installed',
  occasion: 'doctor',
  fails: 'clock',
  says: /\d{4}-\d\d-\d\d the bundle was installed/,
  release: 'bookworm',
  breakIt: node => node.sh(`touch -d '+2 years' ${paths.installedManifest}`),
  mend: node => node.sh(`touch ${paths.installedManifest}`),
}
