import { createReadStream } from 'node:fs'
import { tarEnd, tarMember } from '../../tar/write.ts'
import { writeGzip } from './gzip.ts'
import type { PayloadMember } from './payload-member.ts'
import { type Packed, publish, type Target } from './publish.ts'

/** All threads of Node.js. */
const concurrency = 4

/**
 * Write a .tar.gz in which each member is a gzip member of its own (RFC 1952 section 2.2 allows any number, and every gzip
 * reads them as one), so the first can be read without the rest. Files appear under their names when all is done.
 */
export function pack(
  members: readonly PayloadMember[],
  { signal, ...target }: Target & { signal: AbortSignal },
): Promise<Packed> {
  return publish(target, async write => {
    for (const { packed, isStored = false, ...member } of members) {
      if (packed === undefined) await writeGzip(tarMember(member), { isStored, concurrency, write, signal })
      else {
        const file = createReadStream(await packed, { highWaterMark: 1 << 20, signal })
        for await (const bytes of file) await write(bytes)
      }
    }
    await writeGzip([tarEnd()], { concurrency, write, signal })
  })
}
