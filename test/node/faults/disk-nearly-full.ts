import { type Fault, seenAfter } from './fault.ts'

export const diskNearlyFull: Fault = {
  what: 'the disk for the pods is nearly full',
  occasion: 'doctor',
  fails: 'disk-pressure',
  says: /\/var\/lib\/kubelet: \d+\.\d [kM]B of 10\.5 MB available \(4 %\)/,
  release: 'bookworm',
  ...seenAfter(
    `mkdir -p /var/lib/kubelet; mount -t tmpfs -o size=10m tmpfs /var/lib/kubelet; head -c 10000000 /dev/zero >/var/lib/kubelet/full`,
  ),
}
