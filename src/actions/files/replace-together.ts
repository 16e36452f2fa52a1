import { basename, dirname, join } from 'node:path'
import type { Access, Files } from '../../node/files.ts'

/** Two files of one directory with their new content. */
interface Replacement extends Access {
  path: string
  content: Parameters<Files['write']>[1]
}

/** Beside the files, because the broker must find it in its container, too. */
const stage = '.edgekit-switch'
const now = `${stage}/now`

/** Whether a link at a path is one of replaceTogether's, which was interrupted. */
export async function isSwitching(path: string, files: Files): Promise<boolean> {
  if ((await files.status(path))?.kind !== 'symlink') return false
  return (await files.linkTarget(path)) === `${now}/${basename(path)}`
}

/** Where the content of a path is while replaceTogether runs. */
export const currentPlace = async (path: string, files: Files): Promise<string> =>
  (await isSwitching(path, files)) ? join(dirname(path), now, basename(path)) : path

/** Make files of what an interrupted replaceTogether has left as links. Their content stays. */
export async function settle(paths: readonly [string, ...string[]], files: Files): Promise<void> {
  for (const path of paths)
    if (await isSwitching(path, files)) await files.rename(await currentPlace(path, files), path)
  await files.removeTree(join(dirname(paths[0]), stage))
}

/**
 * Replace files that only work together, such as a key and its certificate: at each moment, also after a kill or a power
 * cut, all have the old content or all have the new one. Each file becomes a link through one directory link, first to a
 * copy of itself; then that directory link is replaced. Without all of the files before, there is nothing to keep together.
 */
export async function replaceTogether(
  replacements: readonly [Replacement, ...Replacement[]],
  files: Files,
): Promise<void> {
  const [first, ...others] = replacements
  await settle([first.path, ...others.map(({ path }) => path)], files)
  const found = await Promise.all(replacements.map(({ path }) => files.status(path)))
  const before = found.flatMap(status => (status?.kind === 'file' ? [status] : []))
  if (before.length < replacements.length) {
    for (const { path, content, ...access } of replacements) await files.write(path, content, access)
    return
  }
  const at = (...names: string[]): string => join(dirname(first.path), stage, ...names)
  try {
    for (const path of [at(), at('old'), at('new')])
      await files.makeDirectory(path, { mode: 0o755, uid: 0, gid: 0 })
    for (const [index, { path, content, ...access }] of replacements.entries()) {
      const copy = { copyOf: path, keepTime: true }
      await files.write(at('old', basename(path)), copy, before[index] ?? access)
      await files.write(at('new', basename(path)), content, access)
    }
    await files.link(at('now'), 'old')
  } catch (error) {
    await files.removeTree(at())
    throw error
  }
  for (const { path } of replacements) await files.link(path, `${now}/${basename(path)}`)
  await files.link(at('now'), 'new')
  await settle([first.path, ...others.map(({ path }) => path)], files)
}
