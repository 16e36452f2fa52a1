import { glob, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { brokerImage } from '../registry/images.ts'
import { sh } from '../shell.ts'

/** A program and the arguments that come before others. */
export type Command = [file: string, ...args: string[]]

/** The command that runs a program of the broker image on this machine, with the libraries of the image. */
export async function brokerProgram(path: string): Promise<Command> {
  const image = await brokerImage()
  return programIn(await cached('broker-programs', [image, 'recipe 1'], tree => unpack(image, tree)), path)
}

/** The same of a directory with the files of an image or of packages. */
export async function programIn(tree: string, path: string): Promise<Command> {
  const first = async (pattern: string): Promise<string> => {
    const [found] = await Array.fromAsync(glob(join(tree, pattern)))
    if (found === undefined) throw new Error(`${tree} has no ${pattern}`)
    return found
  }
  const loader = await first('usr/lib*/ld-linux-*')
  const libraries = await first('usr/lib/*-linux-gnu')
  return [loader, '--library-path', libraries, join(tree, path)]
}

/** All layers: they do not overlap. */
async function unpack(image: string, directory: string): Promise<void> {
  const blobs = join(image, 'blobs/sha256')
  for (const name of await readdir(blobs)) {
    await using blob = await open(join(blobs, name))
    const { buffer } = await blob.read(Buffer.alloc(2), 0, 2)
    // RFC 1952, section 2.3.1; all other blobs are JSON.
    if (buffer.equals(Buffer.from([0x1f, 0x8b])))
      await sh`tar --extract --gzip --file ${join(blobs, name)} --directory ${directory}`
  }
}
