import { join } from 'node:path'
import type { Files } from '../node/files.ts'
import type { Collector } from './collector.ts'

/** All paths at which systemd would find each program of a container runtime. */
export type RuntimeProgramsFacts = Record<'containerd' | 'runc', string[]>

/** systemd's search path, in order (systemd.exec(5), DEFAULT_PATH). */
const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** All paths of a program, the one that systemd starts first. */
export async function findProgram(program: string, files: Files): Promise<string[]> {
  const candidates = directories.map(directory => join(directory, program))
  const found = await Promise.all(candidates.map(path => files.status(path)))
  return candidates.filter((_, index) => found[index])
}

export const runtimePrograms: Collector<RuntimeProgramsFacts> = {
  timeoutMs: 5_000,
  unchangedByInstall: true,
  async collect({ files }) {
    const [containerd, runc] = await Promise.all([
      findProgram('containerd', files),
      findProgram('runc', files),
    ])
    return { containerd, runc }
  },
}
