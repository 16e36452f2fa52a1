import { accessSync, constants } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'

/** The programs the lab runs on the host, and the Debian package each comes from. */
const packages: Record<string, string> = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  'docker-registry': 'docker-registry',
  openssl: 'openssl',
  strip: 'binutils',
  ip: 'iproute2',
}

const onPath = (program: string): boolean =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some(directory => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })

/**
 * Make sure the host can run the lab: as root on Debian or Ubuntu what is missing is installed with apt-get; anywhere
 * else it throws and names what is missing. A lab that cannot run fails; it is never skipped.
 */
export async function prepareHost(): Promise<void> {
  if (process.platform !== 'linux') throw new Error(`the lab needs Linux, this is ${process.platform}`)
  if (process.getuid?.() !== 0) throw new Error('the lab boots real nodes and must run as root (try: sudo npm test)')
  const missing = Object.entries(packages).filter(([program]) => !onPath(program))
  if (missing.length === 0) return
  const names = missing.map(([, name]) => name)
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)) {
    throw new Error(`the lab needs programs this machine lacks: ${missing.map(([program]) => program).join(', ')} ` + `(Debian packages: ${names.join(' ')})`)
  }
  const environment = { DEBIAN_FRONTEND: 'noninteractive' }
  await execa('apt-get', ['update', '-qq'], { env: environment, timeout: 300_000 })
  await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env: environment, timeout: 600_000 })
}
