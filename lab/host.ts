import { requireOnHost } from '../tools/host.ts'

/** The programs the lab runs on the host, and the Debian package each comes from. */
const packages = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  'docker-registry': 'docker-registry',
  openssl: 'openssl',
  strip: 'binutils',
  ip: 'iproute2',
  'mkfs.ext4': 'e2fsprogs',
  // An Ubuntu host needs it to trust the packages of the nodes' Debian.
  '/usr/share/keyrings/debian-archive-keyring.gpg': 'debian-archive-keyring',
}

/**
 * Make sure the host can run the lab: as root on Debian or Ubuntu what is missing is installed with apt-get; anywhere
 * else it throws and names what is missing. A lab that cannot run fails; it is never skipped.
 */
export async function prepareHost(): Promise<void> {
  if (process.platform !== 'linux') throw new Error(`the lab needs Linux, this is ${process.platform}`)
  if (process.getuid?.() !== 0)
    throw new Error('the lab boots real nodes and must run as root (try: sudo npm test)')
  await requireOnHost('the lab', packages)
}
