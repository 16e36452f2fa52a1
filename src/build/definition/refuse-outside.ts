import { realpath } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { EdgekitError } from '../../lib/errors.ts'
import type { Definition } from './definition.ts'
import { bundleFiles } from './inputs.ts'

/**
 * Refuse local files outside the directories of a definition and of those it extends, wherever links lead. Otherwise the
 * author of a definition could take files into a bundle that only the user who builds it can read. What does not exist is
 * reported when it is read. Throws EdgekitError (file-outside-definition).
 */
export async function refuseOutside(definition: Definition): Promise<void> {
  const own = await Promise.all(definition.directories.map(directory => realpath(directory)))
  const paths = definition.architectures
    .flatMap(arch => bundleFiles(definition, arch))
    .flatMap(({ source }) => (source.kind === 'file' ? [source.path] : []))
  for (const path of new Set(paths)) {
    const real = await realpath(resolve(definition.directory, path)).catch(() => undefined)
    if (real === undefined || own.some(directory => isBelow(real, directory))) continue
    throw new EdgekitError(`cannot use ${path}: it is outside the directory of the definition`, {
      code: 'file-outside-definition',
      remedy: 'Copy the file beside the definition. If you trust who wrote it, add --allow-outside.',
    })
  }
}

const isBelow = (path: string, directory: string): boolean =>
  path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
