#!/bin/sh
# Removes what an earlier run of the broker left in containerd. mosquitto.service runs this before each start and after
# each stop. It prints nothing.
exec 2>/dev/null

# systemd.exec(5) sets this after a stop. prepare-broker looks for the cause of a failure before the next start,
# which wait-broker may have written.
[ "${SERVICE_RESULT:-success}" = success ] || : >>/run/edgekit-broker-failed

# wait_while COMMAND TENTHS: wait as long as the command prints something, at most TENTHS of a second.
wait_while() {
  tries=$2
  while [ $tries -gt 0 ] && [ -n "$($1)" ]; do
    sleep 0.1
    tries=$((tries - 1))
  done
}

# The broker is still running if only ctr or containerd ended. SIGTERM makes it save the messages in its memory. Its
# control group lists its processes even while containerd does not answer.
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
# Without containerd there is nothing to remove. It starts before the broker, and this runs again then.
containers=$(k8s_io containers ls -q) || exit 1
if echo "$containers" | grep -qx mosquitto; then
  k8s_io tasks rm --force mosquitto
  k8s_io containers rm mosquitto
fi
k8s_io snapshots rm mosquitto

# When containerd stops while it creates a task, the task remains for about 5 s (1.6.20, 1.7.24), and a start fails.
incomplete_task() {
  ls -d /run/containerd/io.containerd.runtime.v2.task/k8s.io/mosquitto \
    /run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/mosquitto
}
wait_while incomplete_task 80
exit 0
