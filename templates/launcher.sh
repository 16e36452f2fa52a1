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
os64='Install a 64-bit operating system, if the processor is a 64-bit one. A Raspberry Pi 3
  or later runs Raspberry Pi OS (64-bit).'
machine=$(uname -m)
case $machine in
  x86_64) machine=amd64 ;;
  aarch64) machine=arm64 ;;
  arm* | i?86) refuse "there is no edgekit for $machine, only for amd64 and arm64" "$os64" ;;
  *)
    refuse "there is no edgekit for $machine, only for amd64 and arm64" \
      'Use a machine with one of these processors.'
    ;;
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
# Without its loader the kernel reports a program as not found, and with old libraries the loader prints symbol versions.
distribution='Use a distribution with glibc 2.28 or later, such as Debian 12 or 13.'
if [ ! -e @LOADER@ ]; then
  # The fifth byte of a 32-bit program is 1 (elf(5)).
  [ "$(dd if=/bin/sh bs=1 skip=4 count=1 2>/dev/null)" != "$(printf '\001')" ] ||
    refuse 'this node has a 32-bit operating system on a 64-bit kernel' "$os64"
  for musl in /lib/ld-musl-*; do
    [ ! -e "$musl" ] ||
      refuse 'this node has the C library musl, as Alpine Linux does; edgekit requires glibc' "$distribution"
  done
  refuse 'this node does not have glibc (@LOADER@), which edgekit requires' "$distribution"
fi
libraries=$(@LOADER@ --list "$program" 2>&1)
case $libraries in
  *"version \`GLIBC_"*)
    refuse "edgekit requires glibc 2.28, this node has $(getconf GNU_LIBC_VERSION 2>/dev/null || echo 'an older one')" \
      "$distribution"
    ;;
  *"version \`"*)
    refuse 'the libstdc++.so.6 of this node is too old for edgekit' "$distribution"
    ;;
  *'cannot open shared object file'*)
    missing=$(printf '%s\n' "$libraries" | sed -n 's/.*libraries: \(.*\): cannot open shared object file.*/\1/p')
    refuse "this node lacks $missing, which edgekit requires" \
      'Install the C++ library of the distribution. On Debian and Ubuntu:
  apt-get install libstdc++6'
    ;;
esac
exec "$program" "$@"
