import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostArch } from '../../tools/node-runtime.ts'
import { edgekitExecutable } from './executable.ts'
import { program } from './program.ts'

/**
 * Copy the edgekit executable to `directory`, with `other` beside it as the executable for bundles of the other
 * architecture. By default that is a few bytes, because compressing a real executable takes 5 s of CPU time: for tests
 * that do not run the edgekit in the bundle. On an arm64 machine the real one is used.
 */
export async function lightEdgekit(directory: string, other: Buffer = program('arm64')): Promise<string> {
  const edgekit = join(directory, `edgekit-linux-${hostArch()}`)
  await writeFile(join(directory, 'edgekit-linux-arm64'), other)
  await copyFile(await edgekitExecutable(), edgekit)
  return edgekit
}
