#!/bin/sh
# Usage: broker-option NAME...
# Prints the value that the broker has for each option, one a line: the last one of mosquitto.conf, and of conf.d if that is
# included. Empty without a value. Starts one program, because the broker waits for it.
names=$*
cd /etc/edgekit/mosquitto || exit
# mosquitto reads the files in this order, capital letters first.
LC_ALL=C
set -- conf.d/*.conf
[ -e "$1" ] || set --
awk -v names="$names" '
  FILENAME == "mosquitto.conf" && $1 == "include_dir" { included = 1 }
  NF > 1 && (FILENAME == "mosquitto.conf" || included) {
    name = $1
    sub(/^[ \t]*[^ \t]+[ \t]+/, "")
    values[name] = $0
  }
  END {
    count = split(names, wanted, " ")
    for (i = 1; i <= count; i++) print values[wanted[i]]
  }' mosquitto.conf "$@" 2>/dev/null
