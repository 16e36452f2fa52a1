#!/bin/sh
# Starts the edgekit of this bundle, after a look at what a program for another machine could not say itself.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 3
refuse() {
  printf 'edgekit: refused: %s\n' "$1" >&2
  printf '  What to do: %s\n' "$2" >&2
  exit 3
}
case $(uname -m) in
  x86_64) machine=amd64 ;;
  aarch64) machine=arm64 ;;
  *) machine=$(uname -m) ;;
esac
[ "$machine" = '@ARCH@' ] ||
  refuse "this bundle is for @ARCH@, this node is $machine" "unpack the bundle whose name ends in -$machine.tar.gz"
size=$(wc -c 2>/dev/null <"$here/bin/edgekit" | tr -d ' ')
[ "$size" = '@SIZE@' ] ||
  refuse "bin/edgekit in $here has ${size:-no} bytes, expected @SIZE@: the bundle is incomplete" \
    'copy the bundle again, unpack it into an empty directory and look for errors of tar'
exec "$here/bin/edgekit" "$@"
