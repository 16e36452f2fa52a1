import { basename } from 'node:path'
import type { Files } from '../../node/files.ts'
import type { Action } from '../action.ts'
import type { Removal } from '../removal.ts'
import { type AccessFileSpec, accessFile, accessFileRemoval, contentOf } from './access-file.ts'
import { isRestored, type KeptFile, keepFile, restoreFile } from './kept-file.ts'
import { currentPlace, isSwitching, replaceTogether, settle } from './replace-together.ts'

/** A private key and its certificate, in one directory: with two that do not match, the broker does not start. */
export interface AccessPairSpec {
  key: AccessFileSpec
  certificate: AccessFileSpec
}

interface Before {
  key: KeptFile
  certificate: KeptFile
}

const removal: Removal<AccessPairSpec, Before> = {
  title: ({ spec }) => `Remove ${names(spec)}`,
  async remove({ spec, ...owned }, context) {
    const both = [spec.certificate, spec.key]
    const kept = await Promise.all(
      both.map(file => accessFileRemoval.remove({ ...owned, before: null, spec: file }, context)),
    )
    return kept.flat()
  },
  async difference({ spec: { key, certificate }, ...owned }, node) {
    const of = (spec: AccessFileSpec) => accessFileRemoval.difference({ ...owned, before: null, spec }, node)
    const difference = await of(certificate)
    return (await of(key)) ?? (difference && `its certificate ${difference}`)
  },
}

const names = ({ key, certificate }: AccessPairSpec): string =>
  `${key.path} and ${basename(certificate.path)}`

export const accessPair: Action<AccessPairSpec, Before> = {
  kind: 'access-pair',
  describe: spec => `Write ${names(spec)}`,
  async inspect({ key, certificate }, node) {
    const both = [key, certificate]
    if ((await Promise.all(both.map(({ path }) => isSwitching(path, node.files)))).includes(true))
      return 'needed'
    const found = await Promise.all(both.map(spec => accessFile.inspect(spec, node)))
    return (['foreign', 'needed'] as const).find(state => found.includes(state)) ?? 'done'
  },
  async capture({ key, certificate }, { files }, backUp) {
    const keep = async (path: string) => keepFile(await currentPlace(path, files), files, backUp)
    return { key: await keep(key.path), certificate: await keep(certificate.path) }
  },
  async apply({ key, certificate }, { files }) {
    await replaceTogether(
      [
        { ...key, content: contentOf(key) },
        { ...certificate, content: contentOf(certificate) },
      ],
      files,
    )
  },
  revert: ({ key, certificate }, before, { files }) =>
    restore([key.path, certificate.path], [before.key, before.certificate], files),
  ownership: ({ key }) => (key ? 'modified' : 'created'),
  removal,
}

async function restore(
  paths: readonly [string, string],
  before: readonly [KeptFile, KeptFile],
  files: Files,
): Promise<void> {
  const [key, certificate] = before
  if (key && 'backup' in key && certificate && 'backup' in certificate) {
    const kept = (path: string, { backup, access }: typeof key) =>
      ({ path, content: { copyOf: backup, keepTime: true }, ...access }) as const
    await replaceTogether([kept(paths[0], key), kept(paths[1], certificate)], files).catch(async error => {
      // A full disk can have refused the change, too: then the files are as they were.
      if (!(await isRestored(paths[0], key, files)) || !(await isRestored(paths[1], certificate, files)))
        throw error
    })
    return
  }
  await settle(paths, files)
  await restoreFile(paths[1], certificate, files)
  await restoreFile(paths[0], key, files)
}
