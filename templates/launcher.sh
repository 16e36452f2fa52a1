#!/bin/sh
# Starts the edgekit of this bundle after checks that the program itself cannot make, such as its architecture.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 3
refuse() {
  printf 'edgekit: refused: %s\n' "$1" >&2
  printf '  What to do: %s\n' "$2" >&2
  exit 3
}
again='Copy the bundle again and unpack it into an empty directory. If tar reports errors
  or this happens again, the USB stick or the disk is failing.'
case $(uname -m) in
  x86_64) machine=amd64 ;;
  aarch64) machine=arm64 ;;
  *) machine=$(uname -m) ;;
esac
[ "$machine" = '@ARCH@' ] ||
  refuse "this bundle is for @ARCH@, this node is $machine" \
    "Unpack the bundle whose name ends in -$machine.tar.gz."
program=$here/bin/edgekit
[ -f "$program" ] || refuse "bin/edgekit is missing in $here" "$again"
# edgekit itself verifies its sha256 before it changes anything, if it can start. sha256sum would take 20 times as long.
if command -v cksum >/dev/null; then
  sum=$(cksum <"$program")
  [ "$sum" = '@CKSUM@' ] ||
    refuse "bin/edgekit in $here is damaged: cksum $sum, expected @CKSUM@" "$again"
fi
[ -x "$program" ] ||
  refuse "bin/edgekit in $here is not executable, or the file system is mounted noexec" \
    'Unpack the bundle elsewhere, for example in /root.'
exec "$program" "$@"
