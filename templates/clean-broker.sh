#!/bin/sh
# Removes what an earlier start of the broker left in containerd. mosquitto.service runs it before each start and
# after each stop; it prints nothing when there is nothing to remove.
exec 2>/dev/null

# As long as a command prints something, and at most so many tenths of a second.
wait_while() {
  tries=$2
  while [ $tries -gt 0 ] && [ -n "$($1)" ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
}

# Still running, because only ctr or containerd went away: it has messages in memory that a SIGTERM makes it save. Its
# processes are looked up in its control group, as containerd may not answer now.
running() {
  cat /sys/fs/cgroup/k8s.io/mosquitto/cgroup.procs /sys/fs/cgroup/pids/k8s.io/mosquitto/cgroup.procs
}
processes=$(running)
if [ -n "$processes" ]; then
  kill $processes
  wait_while running 50
fi

k8s_io() {
  ctr --connect-timeout 5s --namespace k8s.io "$@"
}
# Without containerd nothing more can be done: it is started before the broker is, and this comes again then.
containers=$(k8s_io containers ls -q) || exit 1
if echo "$containers" | grep -qx mosquitto; then
  k8s_io tasks rm --force mosquitto
  k8s_io containers rm mosquitto
fi
k8s_io snapshots rm mosquitto

# Stopped just while its task was made, containerd has that for some 5 s more (1.6.20, 1.7.24), and a start fails.
half_made() {
  ls -d /run/containerd/io.containerd.runtime.v2.task/k8s.io/mosquitto \
    /run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/mosquitto
}
wait_while half_made 80
exit 0
