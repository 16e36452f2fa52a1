import { existsSync } from 'node:fs'
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** On a disk, unlike /tmp, and kept across reboots. https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s15.html */
export const temporary = '/var/tmp'

interface PrivateDirectory extends AsyncDisposable {
  path: string
}

/** Make a temporary directory that only this user can enter; disposing of it removes it and its contents. */
export async function privateDirectory(): Promise<PrivateDirectory> {
  await removeAbandoned()
  const path = await mkdtemp(join(temporary, `edgekit-${process.pid}-`))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Remove what killed processes left; each name contains the process. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(temporary)) {
    const [, pid] = /^edgekit-(\d+)-/.exec(name) ?? []
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    const path = join(temporary, name)
    // Every user can create and remove a directory of that name there.
    const owner = await lstat(path).then(
      ({ uid }) => uid,
      () => undefined,
    )
    if (owner === process.geteuid?.()) await rm(path, { recursive: true, force: true })
  }
}
