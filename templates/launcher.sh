#!/bin/sh
# Starts the edgekit of this bundle, after the checks that a program for another architecture cannot make itself.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 3
refuse() {
  printf 'edgekit: refused: %s\n' "$1" >&2
  printf '  What to do: %s\n' "$2" >&2
  exit 3
}
again='copy the bundle again, unpack it into an empty directory, and look for
  errors of tar; if it happens again, the USB stick or the disk is failing'
case $(uname -m) in
  x86_64) machine=amd64 ;;
  aarch64) machine=arm64 ;;
  *) machine=$(uname -m) ;;
esac
[ "$machine" = '@ARCH@' ] ||
  refuse "this bundle is for @ARCH@, this node is $machine" \
    "unpack the bundle whose name ends in -$machine.tar.gz"
program=$here/bin/edgekit
[ -f "$program" ] || refuse "bin/edgekit is missing in $here" "$again"
# It looks at itself with sha256 before it changes anything, if it runs at all; sha256sum would take twenty times as long.
if command -v cksum >/dev/null; then
  sum=$(cksum <"$program")
  [ "$sum" = '@CKSUM@' ] ||
    refuse "bin/edgekit in $here is damaged: cksum $sum, expected @CKSUM@" "$again"
fi
[ -x "$program" ] ||
  refuse "programs cannot be run in $here" 'unpack the bundle elsewhere, in /root say: this file system is mounted noexec'
exec "$program" "$@"
