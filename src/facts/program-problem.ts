import { describeProgram, elfHeaderSize } from '../build/fetch/elf.ts'
import type { Files } from '../node/files.ts'
import { machineArch } from '../node/machine.ts'

const architectures: readonly string[] = ['amd64', 'arm64']

/** Why this machine cannot run an existing program: `PATH is empty`, `PATH is for arm64`. Undefined for all others. */
export async function programProblem(path: string, files: Files): Promise<string | undefined> {
  const head = await files.head(path, elfHeaderSize)
  const found = head && describeProgram(head)
  if (found === 'an empty file') return `${path} is empty`
  // Everything else may run: scripts, 32-bit programs.
  return found && architectures.includes(found) && found !== machineArch()
    ? `${path} is for ${found}`
    : undefined
}
