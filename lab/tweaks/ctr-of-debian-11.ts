/** A script that replaces `ctr` with a wrapper like that of containerd 1.4.13, whose import has no --platform. */
export const ctrOfDebian11 = `
mkdir /run/old
cat >/run/old/ctr <<'END'
#!/bin/sh
case "$*" in
*"import --help"*) /usr/bin/ctr "$@" | grep -v -e "--platform" ;;
*) exec /usr/bin/ctr "$@" ;;
esac
END
chmod 755 /run/old/ctr
mount --bind /run/old /usr/local/sbin
`
