import { bundleOnNode } from '../../../lab/bundles/bundle.ts'
import type { Fault } from './fault.ts'

const image = 'docker.io/library/eclipse-mosquitto:2.0'
const id = '0123456789abcdef'.repeat(4)

export const podOnPort: Fault = {
  what: 'the broker of the CloudCore chart runs in a pod, open to the network',
  occasion: 'preflight',
  fails: 'broker-port',
  says: /0\.0\.0\.0:1883 is held by mosquitto \(pid \d+, pod kubeedge\/edge-eclipse-mosquitto-x7k2p\).*mosquitto\.enable=false/,
  release: 'trixie',
  // As the kubelet inside EdgeCore has it started: the control group, and the labels that say whose it is.
  breakIt: node =>
    node.sh(
      `ctr -n k8s.io images import --platform linux/amd64 ${bundleOnNode}/images/eclipse-mosquitto-2.0.tar
       ctr -n k8s.io run --detach --net-host --cgroup /kubepods/besteffort/pod1/${id} \\
         --label io.kubernetes.pod.namespace=kubeedge --label io.kubernetes.pod.name=edge-eclipse-mosquitto-x7k2p \\
         ${image} ${id} mosquitto -c /mosquitto-no-auth.conf
       until ss --listening --tcp --numeric | grep --quiet :1883; do sleep 0.1; done`,
    ),
  mend: node =>
    node.sh(
      `ctr -n k8s.io tasks rm --force ${id}; ctr -n k8s.io containers rm ${id}; ctr -n k8s.io images rm --sync ${image}`,
    ),
}
