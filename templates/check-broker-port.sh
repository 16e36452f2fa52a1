#!/bin/sh
# Usage: check-broker-port [EDGECORE.YAML]
# Exits with 1 and names the user if another program listens on 127.0.0.1:1883 in place of edgekit's broker: any user can
# take the port while the broker restarts. edgecore.service runs this with its configuration before each start, and then a
# broker that edgekit does not run, or that EdgeCore does not use, counts as no objection.
if [ -n "$1" ]; then
  grep -q '^ExecStartPre=.*/prepare-broker' /etc/systemd/system/mosquitto.service 2>/dev/null || exit 0
  grep -Eq '^ *mqttServerExternal: *"?tcp://(127\.0\.0\.1|localhost):1883' "$1" 2>/dev/null || exit 0
  grep -Eq '^ *mqttMode: *0' "$1" && exit 0
fi

# What the broker's container has open (control groups version 2 and version 1).
ours=$(
  for pid in $(cat /sys/fs/cgroup/k8s.io/mosquitto/cgroup.procs /sys/fs/cgroup/pids/k8s.io/mosquitto/cgroup.procs); do
    ls -l "/proc/$pid/fd"
  done 2>/dev/null
)

# Local address, state (0A: listening), user and inode in proc_net_tcp(5), for 127.0.0.1 and for all addresses.
awk '$2 ~ /^(0100007F|0+|0+FFFF0000(0100007F|0+)):075B$/ && $4 == "0A" {print $8, $10}' /proc/net/tcp /proc/net/tcp6 2>/dev/null |
  while read -r user inode; do
    case $ours in *"socket:[$inode]"*) continue ;; esac
    echo "edgekit: port 1883 is held by user $(id -nu "$user" 2>/dev/null || echo "$user"), not by the broker" >&2
    exit 1
  done
