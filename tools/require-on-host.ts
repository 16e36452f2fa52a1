import { accessSync, constants, existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { $ } from 'zx'

/** Program on PATH or absolute path of a file -> Debian package that has it. */
export type HostNeeds = Readonly<Record<string, string>>

function isPresent(need: string): boolean {
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
 * Check that the host has what `purpose` needs. As root on Debian or Ubuntu, install what is missing with apt-get;
 * otherwise throw an Error that lists it.
 */
export async function requireOnHost(purpose: string, needs: HostNeeds): Promise<void> {
  const findMissing = (): string[] => Object.keys(needs).filter(need => !isPresent(need))
  const missing = findMissing()
  if (missing.length === 0) return
  const packages = [...new Set(missing.map(need => needs[need] as string))]
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const isDebian = /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)
  if (!isDebian || process.getuid?.() !== 0) {
    throw new Error(
      `${purpose} needs ${missing.join(', ')} (Debian packages: ${packages.join(' ')}); ` +
        'install them, or run this command as root on Debian or Ubuntu to install them automatically',
    )
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = $({ quiet: true, env, timeout: '600s' })
  const options = ['-qq', '-o', 'DPkg::Lock::Timeout=300']
  await apt`apt-get update ${options}`
  await apt`apt-get install ${options} -y --no-install-recommends ${packages}`
  const stillMissing = findMissing()
  if (stillMissing.length > 0)
    throw new Error(
      `${purpose} needs ${stillMissing.join(', ')}, which ${packages.join(' ')} did not install`,
    )
}
