import { join } from 'node:path'
import { programs, texts } from '../bundle/payload.ts'
import { paths } from '../node/paths.ts'
import type { Collector } from './collector.ts'

/** Bytes of the files that an install places, by path; absent ones are missing. */
export type FileSizes = Readonly<Record<string, number>>

const runtime = ['containerd', 'containerd-shim-runc-v2', 'ctr'].map(name => join('/usr/local/bin', name))

/** What already exists needs no space again. */
export const fileSizes: Collector<FileSizes> = {
  timeoutMs: 5_000,
  onlyBeforeInstall: true,
  async collect({ files }) {
    const plugins = (await files.list('/opt/cni/bin')).map(name => join('/opt/cni/bin', name))
    const payload = Object.values({ ...programs, ...texts }).map(({ path }) => path)
    const candidates = [...payload, paths.runc, ...runtime, ...plugins]
    const found = await Promise.all(candidates.map(path => files.status(path)))
    return Object.fromEntries(
      candidates.flatMap((path, index) => {
        const status = found[index]
        return status?.kind === 'file' ? [[path, status.size]] : []
      }),
    )
  },
}
