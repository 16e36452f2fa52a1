#!/bin/sh
# Usage: wait-broker PID
# mosquitto.service runs this, so that it is active when the broker answers MQTT. An open port proves nothing: the kernel
# accepts connections for a frozen broker.
command -v bash >/dev/null || exec /opt/edgekit/bin/edgekit broker wait --timeout 60 --process "$1"

# CONNECT of MQTT 3.1.1 from the client "edgekit-wait". Every answer to it, even a refusal, begins with 0x20, a space.
answers() {
  timeout 2 bash -c '
    exec 3<>/dev/tcp/127.0.0.1/1883 &&
      printf "\020\030\0\004MQTT\004\002\0\012\0\014edgekit-wait" >&3 &&
      IFS= read -r -N 1 byte <&3 && [ "$byte" = " " ] && printf "\340\0" >&3' 2>/dev/null
}

end=$(($(date +%s) + 60))
until answers; do
  reason=
  [ -d "/proc/$1" ] || reason='the broker has ended'
  [ "$(date +%s)" -lt $end ] || reason='no answer within 60 s'
  if [ -n "$reason" ]; then
    echo "edgekit: cannot reach the broker on 127.0.0.1:1883: $reason" >&2
    exit 3
  fi
  sleep 0.05
done
