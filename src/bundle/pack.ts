import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { limit } from '../images/limit.ts'
import { type TarMember, tarEnd, tarMember } from '../images/tar.ts'

/** What is compressed already, as layers in an image archive are: a second time costs time and saves nothing. */
const levelFor = ({ path }: TarMember): number => (/\.(?:tar|gz)$/.test(path) ? 0 : 6)

// zlib works in a pool of four threads (libuv's default).
const atOnce = limit(4)

/**
 * Write a .tar.gz in which each member is a gzip member of its own (RFC 1952 section 2.2 allows any number, and every
 * gzip reads them as one): they are compressed side by side, and the first can be read without the rest. The file
 * appears under its name only when it is whole. `workDirectory` must be on the same file system as `output`.
 */
export async function pack(
  members: readonly TarMember[],
  output: string,
  workDirectory: string,
  signal: AbortSignal,
): Promise<void> {
  const parts = members.map((_, index) => join(workDirectory, `${index}.gz`))
  await Promise.all(
    members.map((member, index) =>
      atOnce(() =>
        pipeline(
          Readable.from(tarMember(member)),
          createGzip({ level: levelFor(member) }),
          createWriteStream(parts[index] as string),
          { signal },
        ),
      ),
    ),
  )
  const end = join(workDirectory, 'end.gz')
  await pipeline(Readable.from([tarEnd()]), createGzip(), createWriteStream(end), { signal })
  const unfinished = join(workDirectory, 'bundle.tar.gz')
  const whole = async function* () {
    for (const part of [...parts, end]) yield* createReadStream(part, { highWaterMark: 1 << 20 })
  }
  await pipeline(Readable.from(whole()), createWriteStream(unfinished, { flush: true }), { signal })
  await rename(unfinished, output)
}
