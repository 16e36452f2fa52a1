import type { Files } from '../node/files.ts'
import type { Bundle } from './bundle.ts'
import { damagedBundle } from './damaged.ts'
import { manifestName } from './manifest.ts'
import { findPackedFiles } from './packed/packed-files.ts'
import { readPacked } from './packed/read-packed.ts'
import { judgeSignature } from './signature.ts'
import { unpack } from './unpack.ts'

/** The packed bundle of which `path` is the only file or one of the parts. */
export function packedBundle(path: string, files: Files): Bundle {
  const packed = findPackedFiles(path)
  const { name } = packed
  const problem = (text: string): never => {
    throw damagedBundle(name, [text])
  }
  return {
    name,
    packed,
    head: () => readPacked(packed, { head: head => head, until: manifestName, problem }),
    async text(member) {
      const parts: Buffer[] = []
      const sink = { data: (part: Buffer) => parts.push(Buffer.from(part)), end: () => {} }
      const isListed = await readPacked(packed, {
        head: ({ manifest }) => manifest.files.some(({ path }) => path === member),
        file: ({ path }) => (path === member ? sink : undefined),
        until: member,
        problem,
      })
      return isListed ? Buffer.concat(parts).toString() : undefined
    },
    async verify(keys) {
      const problems: string[] = []
      const verdict = await readPacked(packed, {
        head: head => ({ manifest: head.manifest, ...judgeSignature(head, keys, name) }),
        problem: text => problems.push(text),
      })
      return { ...verdict, problems }
    },
    open: keys => unpack(packed, keys, files),
  }
}
