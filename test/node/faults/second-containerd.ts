import type { Fault } from './fault.ts'

const socket = '/run/docker/containerd/containerd.sock'

const config = `version = 2
root = "/var/second/root"
state = "/var/second/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
address = "${socket}"
`

export const secondContainerd: Fault = {
  what: 'the containerd of Docker runs beside the other one',
  occasion: 'doctor',
  fails: 'one-containerd',
  status: 'warn',
  says: /\/run\/docker\/containerd\/containerd\.sock/,
  release: 'bookworm',
  async breakIt(node) {
    await node.write('/var/second/config.toml', config)
    await node.sh(
      `systemd-run --quiet --unit=second containerd --config /var/second/config.toml
       until ctr --address ${socket} version; do sleep 0.1; done`,
    )
  },
  mend: node => node.sh('systemctl stop second; rm -r /var/second'),
}
