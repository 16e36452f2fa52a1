import { accessSync, constants, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { execa } from 'execa'

/** Programs on PATH, or absolute files, and the Debian package each comes from. */
export type HostNeeds = Readonly<Record<string, string>>

function present(need: string): boolean {
  if (isAbsolute(need)) return existsSync(need)
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return directories.some(directory => {
    try {
      accessSync(join(directory, need), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * Make sure the host has what `purpose` needs: as root on Debian or Ubuntu what is missing is installed with apt-get;
 * anywhere else it throws and names what is missing.
 */
export async function requireOnHost(purpose: string, needs: HostNeeds): Promise<void> {
  const lacking = (): string[] => Object.keys(needs).filter(need => !present(need))
  const missing = lacking()
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(need => needs[need] as string))]
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const debian = /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)
  if (!debian || process.getuid?.() !== 0) {
    throw new Error(
      `${purpose} needs ${missing.join(', ')} (Debian packages: ${packages.join(' ')}); ` +
        'install them, or run this as root on Debian or Ubuntu to have them installed',
    )
  }
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeout: 600_000 }
  const wait = ['-o', 'DPkg::Lock::Timeout=300']
  await execa('apt-get', [...wait, 'update', '-qq'], options)
  await execa('apt-get', [...wait, 'install', '-y', '-qq', '--no-install-recommends', ...packages], options)
  const still = lacking()
  if (still.length > 0)
    throw new Error(`${purpose} still lacks ${still.join(', ')} after installing ${packages.join(' ')}`)
}
