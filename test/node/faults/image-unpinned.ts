import type { Fault } from './fault.ts'

const image = 'docker.io/library/eclipse-mosquitto:2.0'

export const imageUnpinned: Fault = {
  what: 'the image of the broker is not pinned',
  occasion: 'doctor',
  fails: 'broker-image',
  status: 'warn',
  heals: true,
  says: /io\.cri-containerd\.pinned=pinned/,
  release: 'trixie',
  breakIt: node => node.sh(`ctr -n k8s.io images label ${image} io.cri-containerd.pinned=`),
  mend: node => node.sh(`ctr -n k8s.io images label ${image} io.cri-containerd.pinned=pinned`),
}
