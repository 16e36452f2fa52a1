import type { Fault } from './fault.ts'

export const kubeletRuns: Fault = {
  what: 'a kubelet runs, as on a machine of a cluster',
  occasion: 'preflight',
  fails: 'no-kubelet',
  says: /systemctl disable --now kubelet/,
  release: 'trixie',
  breakIt: node =>
    node.sh('cp /usr/bin/sleep /var/kubelet; systemd-run --quiet --unit=kubelet /var/kubelet infinity'),
  mend: node => node.sh('systemctl stop kubelet; rm /var/kubelet'),
}
