import type { Fault } from './fault.ts'

const file = '/etc/containerd/config.toml'

export const criDisabled: Fault = {
  what: "containerd's CRI plugin is turned off, as Docker's package does it",
  occasion: 'preflight',
  fails: 'cri-plugin',
  says: /disabled_plugins has \\"cri\\"/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `cp ${file} /var/config.toml; echo 'disabled_plugins = ["cri"]' >${file}; systemctl restart containerd`,
    ),
  mend: node => node.sh(`mv /var/config.toml ${file}; systemctl restart containerd`),
}
