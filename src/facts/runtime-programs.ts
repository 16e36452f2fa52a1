import { join } from 'node:path'
import type { Collector } from './collector.ts'

/** Where the programs of a container runtime are, each with all the places a service would find it in. */
export type RuntimeProgramsFacts = Record<'containerd' | 'runc', string[]>

/** In the order in which systemd looks for a program (systemd.exec(5), DEFAULT_PATH). */
const directories = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

export const runtimePrograms: Collector<RuntimeProgramsFacts> = {
  name: 'runtimePrograms',
  timeoutMs: 5_000,
  lasting: true,
  async collect({ files }) {
    const find = async (program: string): Promise<string[]> => {
      const candidates = directories.map(directory => join(directory, program))
      const found = await Promise.all(candidates.map(path => files.status(path)))
      return candidates.filter((_, index) => found[index])
    }
    const [containerd, runc] = await Promise.all([find('containerd'), find('runc')])
    return { containerd, runc }
  },
}
