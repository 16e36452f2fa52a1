import type { Fault } from './fault.ts'

export const containerdKillsContainers: Fault = {
  what: 'a restart of containerd kills all containers',
  occasion: 'doctor',
  fails: 'containerd-restart',
  says: /KillMode=control-group/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `mkdir /etc/systemd/system/containerd.service.d
     printf '[Service]\\nKillMode=control-group\\n' >/etc/systemd/system/containerd.service.d/kill.conf; systemctl daemon-reload`,
    ),
  mend: node => node.sh('rm -r /etc/systemd/system/containerd.service.d; systemctl daemon-reload'),
}
