import { requireOnHost } from '../tools/require-on-host.ts'

/** Host programs that the lab runs, and their Debian packages. */
const packages = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  'docker-registry': 'docker-registry',
  openssl: 'openssl',
  strip: 'binutils',
  ip: 'iproute2',
  'mkfs.ext4': 'e2fsprogs',
  // Ubuntu needs it to trust Debian's packages.
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
}

/**
 * Make sure that the host can run the lab. As root on Debian or Ubuntu, missing packages are installed with apt-get;
 * elsewhere it throws and names them. A lab that cannot run fails and is never skipped.
 */
export async function prepareHost(): Promise<void> {
  if (process.platform !== 'linux') throw new Error(`the lab needs Linux, this is ${process.platform}`)
  if (process.getuid?.() !== 0)
    throw new Error('the lab boots real nodes and must run as root (try: sudo npm test)')
  await requireOnHost('the lab', packages)
}
