import type { Fault } from './fault.ts'

export const imageRemoved: Fault = {
  what: 'the image of the broker was removed, as the image collector of the kubelet does',
  occasion: 'doctor',
  fails: 'broker-image',
  heals: true,
  says: /docker\.io\/library\/eclipse-mosquitto:2\.0 is not in the namespace k8s\.io/,
  breakIt: node => node.sh('ctr -n k8s.io images rm docker.io/library/eclipse-mosquitto:2.0'),
}
