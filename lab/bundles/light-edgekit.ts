import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostArch } from '../../tools/runtime.ts'
import { edgekitExecutable } from './executable.ts'
import { program } from './program.ts'

/**
 * A copy of the edgekit executable in `directory`, with `other` beside it, where it looks for the one that goes into
 * bundles for another architecture. Unless told otherwise that is a few bytes: to make a bundle for arm64 then takes a
 * moment, while the real executable takes 5 s of a processor to be compressed. For tests that ask nothing of the
 * edgekit in the bundle. On an arm64 machine they get the real one, and the same answers later.
 */
export async function lightEdgekit(directory: string, other: Buffer = program('arm64')): Promise<string> {
  const edgekit = join(directory, `edgekit-linux-${hostArch()}`)
  await writeFile(join(directory, 'edgekit-linux-arm64'), other)
  await copyFile(await edgekitExecutable(), edgekit)
  return edgekit
}
