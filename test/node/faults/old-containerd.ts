import { containerdOfDebian11 } from '../../../lab/tweaks/containerd-of-debian-11.ts'
import { type Fault, seenAfter } from './fault.ts'

export const oldContainerd: Fault = {
  what: 'containerd is that of Debian 11',
  occasion: 'preflight',
  fails: 'containerd-version',
  says: /containerd 1\.4\.13/,
  release: 'bookworm',
  ...seenAfter(containerdOfDebian11),
}
