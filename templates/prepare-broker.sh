#!/bin/sh
# Usage: prepare-broker IMAGE DIGEST ARCHIVE
# mosquitto.service runs this before each start. While nothing is wrong, it starts nothing larger than ctr.
image=$1 digest=$2 archive=$3
failed=/run/edgekit-broker-failed
data=/var/lib/edgekit/mosquitto

# The database, if it is in the mounted directory: its path in the container is the last one that mosquitto.conf sets.
option() {
  sed -n "s/^[[:space:]]*$1[[:space:]]\{1,\}//p" /etc/edgekit/mosquitto/mosquitto.conf | tail -n 1
}
location=$(option persistence_location)
name=$(option persistence_file)
case ${location%/}/ in
  /mosquitto/data/*) database=$data${location#/mosquitto/data} ;;
  *) database= ;;
esac
[ -z "$database" ] || database=${database%/}/${name:-mosquitto.db}

# damage FILE: print what is wrong with a database. mosquitto starts with many a damaged one, without what it cannot read,
# and soon overwrites it. The format: 15 bytes, a checksum that is always 0, the version, then parts with type and length
# (src/persist.h of mosquitto 2.0 and 2.1, versions 5 and 6). Without perl, which Debian always has, only an empty file is found.
damage() {
  if [ ! -s "$1" ]; then
    echo 'it is empty'
    return
  fi
  perl -e '
    use strict;
    open my $file, "<:raw", $ARGV[0] or exit;
    my $size = -s $file;
    sub take { my ($at, $length) = @_; sysseek $file, $at, 0; sysread $file, my $bytes, $length; return $bytes }
    my $head = take(0, 23);
    if (length $head < 23 || substr($head, 0, 15) ne "\0\xb5\0mosquitto db") { print "it does not begin like a database"; exit }
    exit unless unpack("x19 N", $head) =~ /^[56]$/;
    for (my $at = 23; $at != $size;) {
      my $part = take($at, 8);
      my ($type, $length) = length $part == 8 ? unpack("NN", $part) : (0, 0);
      if ($type < 1 || $type > 6) { print "byte $at of $size is not the begin of a part"; exit }
      $at += 8 + $length;
      if ($at > $size) { print "its end is missing"; exit }
    }' "$1" 2>/dev/null
}

# set_aside REASON: keep the damaged database beside the new one, the newest five.
set_aside() {
  kept=$database.damaged-$(date -u +%Y-%m-%dT%H-%M-%SZ)
  mv "$database" "$kept" || return
  sync "${kept%/*}" 2>/dev/null
  echo "$database is damaged ($1). It is now $kept, and the broker starts without its messages and sessions."
  ls -1r "$database".damaged-* | tail -n +6 | while IFS= read -r old; do
    rm "$old" && echo "$old is removed: only the newest five are kept."
  done
}

# last_start: what the broker logged at its last start, before this one.
last_start() {
  journalctl --quiet --unit mosquitto --output cat --lines 500 |
    awk '/^Starting /{last = lines; lines = ""; next} {lines = lines $0 "\n"} END {printf "%s", last}'
}

if [ -f "$database" ]; then
  # A file that the broker cannot read counts for it as none: it starts empty and overwrites the file.
  owner=$(stat -c %u:%g "${database%/*}")
  [ "$(stat -c %u:%g "$database")" = "$owner" ] || chown "$owner" "$database"
  reason=$(damage "$database")
  # mosquitto refuses a whole database, too, of another version or with too little memory.
  if [ -z "$reason" ] && [ -e $failed ]; then
    lines=$(last_start)
    case $lines in
      *'Unsupported persistent database format'* | *'Incompatible database configuration'* | *'Out of memory'*) ;;
      *"Couldn't open database"*) reason='the broker cannot open it' ;;
    esac
  fi
  [ -z "$reason" ] || set_aside "$reason"
fi

# The kubelet inside EdgeCore may have evicted the image to free disk space, and after a power cut its files can be damaged.
ready=$(ctr --connect-timeout 5s --namespace k8s.io images check --quiet \
  "name==$image,target.digest==$digest,labels.\"io.cri-containerd.pinned\"==pinned" 2>/dev/null)
if [ "$ready" != "$image" ] || [ -e $failed ]; then
  /opt/edgekit/bin/edgekit broker image "$image" "$digest" "$archive"
fi
rm -f $failed
