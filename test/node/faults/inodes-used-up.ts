import { type Fault, seenAfter } from './fault.ts'

export const inodesUsedUp: Fault = {
  what: 'the disk for the images has no inodes left',
  occasion: 'doctor',
  fails: 'inodes',
  says: /\/var\/lib\/containerd: \d of 30 inodes free/,
  release: 'trixie',
  ...seenAfter(
    `mkdir /run/full; mount -t tmpfs -o nr_inodes=30 tmpfs /run/full; cd /run/full; touch $(seq 29 2>/dev/null) 2>/dev/null || :; cd /
     mount --move /run/full /var/lib/containerd`,
  ),
}
