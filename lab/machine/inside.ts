import { lstat, readlink } from 'node:fs/promises'
import { join, normalize } from 'node:path'

/** Mount points of the running node, which hide files that the host writes there. */
const covered = ['/tmp', '/run', '/dev', '/proc', '/sys']

/**
 * The host path of a path in the node. Symbolic links resolve as in the node: absolute ones start at the node's root, so
 * that host files are never read or written by mistake.
 */
export async function pathInside(root: string, nodePath: string): Promise<string> {
  if (!nodePath.startsWith('/')) throw new Error(`a path in a node starts with /: ${nodePath}`)
  let links = 0
  let done = '/'
  let todo = normalize(nodePath).split('/').filter(Boolean)
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    const next = join(done, part)
    const link = (await lstat(join(root, next)).catch(() => undefined))?.isSymbolicLink()
      ? await readlink(join(root, next))
      : undefined
    if (link === undefined) {
      done = next
    } else {
      if (++links > 40) throw new Error(`too many symbolic links in ${nodePath}`)
      if (link.startsWith('/')) done = '/'
      todo = [...link.split('/').filter(Boolean), ...todo]
    }
  }
  const over = covered.find(top => done === top || done.startsWith(`${top}/`))
  if (over)
    throw new Error(
      `${nodePath} is not on the node's disk (${over} is a file system in memory); use /var/tmp`,
    )
  return join(root, done)
}
