#!/bin/sh
# Usage: broker-option NAME
# Prints the value that the broker has for an option: the last one of mosquitto.conf, and of conf.d if that is included.
directory=/etc/edgekit/mosquitto
set -- "$1" $directory/mosquitto.conf
if grep -q '^[[:space:]]*include_dir[[:space:]]' "$2" 2>/dev/null; then
  # mosquitto reads the files in this order, capital letters first.
  LC_ALL=C
  set -- "$@" $directory/conf.d/*.conf
fi
name=$1
shift
sed -n "s/^[[:space:]]*$name[[:space:]]\{1,\}//p" "$@" 2>/dev/null | tail -n 1
