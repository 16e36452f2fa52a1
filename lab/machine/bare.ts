import { execa } from 'execa'
import { pristineTree } from './tree.ts'

/**
 * Run `script` in a minimal Debian with an empty environment, and discard all changes. `executable` is mounted at
 * /opt/edgekit/edgekit, `directory` at /opt/bundle.
 */
export async function inBareDebian(script: string, executable: string, directory?: string) {
  const tree = await pristineTree('bookworm')
  const enter = `
    mount -t tmpfs tmpfs /mnt
    mkdir /mnt/upper /mnt/scratch /mnt/root
    mount -t overlay overlay -o "lowerdir=$1,upperdir=/mnt/upper,workdir=/mnt/scratch" /mnt/root
    mkdir /mnt/root/opt/edgekit
    touch /mnt/root/opt/edgekit/edgekit
    mount --bind "$2" /mnt/root/opt/edgekit/edgekit
    if [ -n "$4" ]; then mkdir /mnt/root/opt/bundle; mount --bind "$4" /mnt/root/opt/bundle; fi
    exec chroot /mnt/root /usr/bin/env -i /bin/sh -euc "$3"`
  const command = ['--mount', 'sh', '-euc', enter, 'sh', tree, executable, script, directory ?? '']
  return await execa('unshare', command, { reject: false })
}
