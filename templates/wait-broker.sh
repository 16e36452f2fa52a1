#!/bin/sh
# Usage: wait-broker PID
# mosquitto.service runs this, so that it is active when the broker answers MQTT. An open port proves nothing: the kernel
# accepts connections for a frozen broker, and another program may hold the port.
command -v bash >/dev/null || exec /opt/edgekit/bin/edgekit broker wait --timeout 60 --process "$1"

# conversation: print "c" when connected, and the bytes of the answers except 0: 0x20 and 2 for a CONNACK, then 5 when it
# refuses a client without a password, or 0x40 for the PUBACK of 256 KiB, for which the broker needs memory. A topic with
# a dollar sign reaches no subscriber of "#". MQTT 3.1.1, from the client "edgekit-wait".
conversation() {
  timeout 2 bash -c '
    exec 3<>/dev/tcp/127.0.0.1/1883 && printf c &&
      printf "\020\030\0\004MQTT\004\002\0\012\0\014edgekit-wait" >&3 &&
      IFS= read -r -N 2 start <&3 && printf %s "$start" &&
      { printf "\062\222\200\020\0\016\044edgekit/start\0\001"; printf %0262144d 0; } >&3 &&
      IFS= read -r -N 1 rest <&3 && printf %s "$rest" && printf "\340\0" >&3' 2>/dev/null
}

# The control group of the container (version 2, version 1).
groups='/sys/fs/cgroup/k8s.io/mosquitto /sys/fs/cgroup/pids/k8s.io/mosquitto'
processes() {
  for group in $groups; do cat $group/cgroup.procs; done
} 2>/dev/null
limit=$(/opt/edgekit/bin/broker-option memory_limit)
# The broker has one thread; `ctr run` has no option for that. Its option for memory is for the usual memory_limit: the
# container gets half as much again, so that mosquitto refuses clients before the kernel kills it.
limit_container() {
  for group in $groups; do [ ! -e $group/pids.max ] || echo 64 >$group/pids.max; done
  [ "${limit:-0}" -gt 268435456 ] || return
  for file in /sys/fs/cgroup/k8s.io/mosquitto/memory.max /sys/fs/cgroup/memory/k8s.io/mosquitto/memory.limit_in_bytes; do
    [ ! -e $file ] || echo $((limit / 2 * 3)) >$file
  done
} 2>/dev/null

# is_full: whether the broker uses nine tenths of its memory_limit, in kB.
is_full() {
  used=$(for pid in $(processes); do sed -n 's/^VmRSS: *\([0-9]*\) kB/\1/p' "/proc/$pid/status"; done 2>/dev/null | sort -n | tail -n 1)
  [ "${limit:-0}" -gt 0 ] && [ "${used:-0}" -gt $((limit / 1024 * 9 / 10)) ]
} 2>/dev/null

works() {
  limit_container
  exit 0
}

end=$(($(date +%s) + 60)) full=0
while :; do
  # A large database is loaded before the broker answers.
  limit_container
  reason=
  answers=$(conversation)
  # Another program may hold the port.
  if [ -n "$answers" ] && /opt/edgekit/bin/check-broker-port >/dev/null; then
    case $answers in
      "c "*@) works ;;
      # A limit on packets or an access list may refuse the message of a broker that has memory.
      c*) if is_full; then full=$((full + 1)); elif [ "$answers" != c ]; then works; fi ;;
    esac
    [ $full -lt 3 ] || reason='it is out of memory'
  fi
  [ -d "/proc/$1" ] || reason='the broker has ended'
  # With less, mosquitto does not even start without a database: prepare-broker must not set that aside.
  [ "${limit:-0}" -le 0 ] || [ "$limit" -ge 1048576 ] || reason=${reason:+$reason: memory_limit is below 1 MiB}
  [ "$(date +%s)" -lt $end ] || reason=${reason:-no answer within 60 s}
  if [ -n "$reason" ]; then
    echo "$reason" >/run/edgekit-broker-failed
    echo "edgekit: cannot reach the broker on 127.0.0.1:1883: $reason" >&2
    exit 3
  fi
  sleep 0.05
done
