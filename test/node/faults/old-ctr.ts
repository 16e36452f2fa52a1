import { ctrOfDebian11 } from '../../../lab/tweaks/ctr-of-debian-11.ts'
import { type Fault, seenAfter } from './fault.ts'

export const oldCtr: Fault = {
  what: 'ctr is that of Debian 11: its import knows no platform',
  occasion: 'preflight',
  fails: 'ctr-flags',
  says: /there is no ctr images import --platform/,
  release: 'trixie',
  ...seenAfter(ctrOfDebian11),
}
