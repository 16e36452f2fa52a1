import type { Fault } from './fault.ts'

export const noContainerd: Fault = {
  what: 'there is no containerd on the node',
  occasion: 'preflight',
  fails: 'containerd-answers',
  says: /there is no containerd\.service/,
  breakIt: node =>
    node.sh(
      'systemctl disable --now containerd; rm -f /usr/bin/containerd* /usr/bin/ctr /usr/lib/systemd/system/containerd.service; systemctl daemon-reload',
    ),
}
