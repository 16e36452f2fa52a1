import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Notice } from '../src/build/notices.ts'
import { type Arch, hostArch, nodeRuntime, nodeVersion } from './node-runtime.ts'

/** Asset with the licenses of an executable's parts, for readAsset. */
export const noticesAsset = 'build/notices.json'

/** The names under which packages publish licenses and notices. */
const licenseFile = /^(licen[cs]e|copying|notice)/i

/**
 * The licenses of edgekit, of Node.js with what it contains (OpenSSL, V8, ...), and of the npm packages in these directories.
 * Throws when one of them has no license text, because edgekit may then not be distributed.
 */
export async function collectNotices(
  directories: readonly string[],
  arch: Arch,
  root: string,
): Promise<Notice[]> {
  const [version, hostVersion] = [await nodeVersion(arch), await nodeVersion(hostArch())]
  if (version !== hostVersion) throw new Error(`Node.js ${version} for ${arch}, but ${hostVersion} here`)
  const node = join(dirname(await nodeRuntime(hostArch())), '..')
  return [
    await noticeOf(root),
    { ...(await noticeOf(node)), name: 'Node.js', version },
    ...(await Promise.all(directories.map(directory => noticeOf(join(root, directory))))),
  ]
}

async function noticeOf(directory: string): Promise<Notice> {
  const { name, version, license } = JSON.parse(
    await readFile(join(directory, 'package.json'), 'utf8'),
  ) as Partial<Notice>
  if (name === undefined || version === undefined) throw new Error(`${directory} has no name or version`)
  const files = (await readdir(directory, { withFileTypes: true }))
    .filter(entry => entry.isFile() && licenseFile.test(entry.name))
    .map(entry => entry.name)
    .sort()
  if (files.length === 0) throw new Error(`${name} ${version} has no license text`)
  const texts = await Promise.all(
    // Some packages are written on Windows, and a terminal shows no carriage return.
    files.map(async file => (await readFile(join(directory, file), 'utf8')).replaceAll('\r\n', '\n')),
  )
  return { name, version, ...(typeof license === 'string' && { license }), texts }
}
