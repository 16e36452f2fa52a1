import type { Fault } from './fault.ts'

const file = '/etc/containerd/config.toml'

export const sandboxImageMissing: Fault = {
  what: 'containerd asks for a sandbox image that nobody has',
  occasion: 'preflight',
  fails: 'sandbox-image',
  says: /registry\.k8s\.io\/pause:2\.0 is neither here nor in the bundle/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `cp ${file} /var/config.toml
       printf 'version = 2\\n[plugins."io.containerd.grpc.v1.cri"]\\nsandbox_image = "registry.k8s.io/pause:2.0"\\n' >${file}`,
    ),
  mend: node => node.sh(`mv /var/config.toml ${file}`),
}
