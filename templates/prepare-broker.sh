#!/bin/sh
# Usage: prepare-broker IMAGE DIGEST ARCHIVE
# mosquitto.service runs this before each start. While nothing is wrong, it starts nothing larger than ctr.
image=$1 digest=$2 archive=$3
failed=/run/edgekit-broker-failed
data=/var/lib/edgekit/mosquitto

# The database, if it is in the mounted directory: its path in the container is the last one that mosquitto.conf sets.
{
  read -r location
  read -r name
  read -r limit
} <<END
$(/opt/edgekit/bin/broker-option persistence_location persistence_file memory_limit)
END
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

# set_aside damaged|too-large REASON: keep the database beside the new one; the newest five, of large ones the newest.
set_aside() {
  kept=$database.$1-$(date -u +%Y-%m-%dT%H-%M-%SZ)
  mv "$database" "$kept" || return
  sync "${kept%/*}" 2>/dev/null
  echo "$database is $(echo "$1" | tr - ' ') ($2). It is now $kept, and the broker starts without its messages and sessions."
  case $1 in damaged) most=5 ;; *) most=1 ;; esac
  ls -1r "$database.$1"-* | tail -n +$((most + 1)) | while IFS= read -r old; do
    rm "$old" && echo "$old is removed: only the newest are kept."
  done
}

# last_start: what the broker logged at its last start, before this one.
last_start() {
  journalctl --quiet --unit mosquitto --output cat --lines 500 |
    awk '/^Starting /{last = lines; lines = ""; next} {lines = lines $0 "\n"} END {printf "%s", last}'
}

# needs FILE: print at least the bytes of memory that mosquitto 2.0 needs to load it on a 64-bit machine: its structures
# for messages and sessions, an index of the messages until all are loaded, and a node for each level of a retained topic.
needs() {
  perl -e '
    use strict;
    open my $file, "<:raw", $ARGV[0] or exit;
    my ($size, $needs) = (-s $file, 0);
    my %each = (2 => 250, 3 => 80, 5 => 200, 6 => 700);
    for (my $at = 23; $at < $size;) {
      sysseek $file, $at, 0;
      sysread($file, my $part, 40) >= 8 or last;
      my ($type, $length) = unpack("NN", $part);
      $needs += $length + ($each{$type} || 0);
      if ($type == 2 && length $part == 40 && unpack("x39 C", $part)) {
        my ($id, $user, $topic) = unpack("x30 nnn", $part);
        sysseek $file, $at + 40 + $id + $user, 0;
        sysread $file, my $name, $topic;
        $needs += 130 * (1 + ($name =~ tr,/,,));
      }
      $at += 8 + $length;
    }
    print $needs;' "$1" 2>/dev/null
}

# A start that failed leaves its reason here.
reason=
[ ! -e $failed ] || reason=$(cat $failed)
if [ -f "$database" ]; then
  # A file that the broker cannot read counts for it as none: it starts empty and overwrites the file.
  set -- $(stat -c %u:%g "${database%/*}" "$database")
  [ "$1" = "$2" ] || chown "$1" "$database"
  damage=$(damage "$database")
  too_large=
  if [ -n "$damage" ]; then
    set_aside damaged "$damage"
  elif [ "$reason" = 'it is out of memory' ]; then
    set_aside too-large 'it leaves the broker no memory below memory_limit'
  elif [ "$reason" = 'the broker has ended' ]; then
    # Loading takes more memory than saving did. The log may lack the reason: when a hash table cannot grow, mosquitto ends
    # without a word, and journald drops lines when there are many.
    lines=$(last_start)
    case $lines in
      # It refuses a whole database, too.
      *'Unsupported persistent database format'* | *'Incompatible database configuration'*) ;;
      *'Out of memory'*) too_large=yes ;;
      *"Couldn't open database"*) set_aside damaged 'the broker cannot open it' ;;
      *) [ "${limit:-0}" -eq 0 ] || [ "$(needs "$database")" -le $((limit / 4 * 3)) ] || too_large=yes ;;
    esac
    [ -z "$too_large" ] || set_aside too-large 'the broker cannot load it within memory_limit'
  fi
fi

# containerd does not sync its UUID, which is empty after a power cut. The kubelet inside EdgeCore then starts no pod with
# containerd 1.6.29 to 1.6.34 and 1.7.14 to 1.7.20. containerd makes a new one.
uuid=/var/lib/containerd/io.containerd.grpc.v1.introspection/uuid
[ ! -e $uuid ] || [ -s $uuid ] || rm -f $uuid

# The kubelet inside EdgeCore may have evicted the image to free disk space, and after a power cut its files can be damaged.
ready=$(ctr --connect-timeout 5s --namespace k8s.io images check --quiet \
  "name==$image,target.digest==$digest,labels.\"io.cri-containerd.pinned\"==pinned" 2>/dev/null)
if [ "$ready" != "$image" ] || [ -e $failed ]; then
  /opt/edgekit/bin/edgekit broker image "$image" "$digest" "$archive"
fi
rm -f $failed
