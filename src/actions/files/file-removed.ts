import type { Action } from '../action.ts'
import { type KeptFile, keepFile, restoreFile } from './kept-file.ts'

export interface FileRemovedSpec {
  path: string
}

/** Deletes a file that has served its purpose. */
export const fileRemoved: Action<FileRemovedSpec, KeptFile> = {
  kind: 'file-removed',
  describe: ({ path }) => `Delete ${path}`,
  inspect: async ({ path }, { files }) => ((await files.status(path)) ? 'needed' : 'done'),
  capture: ({ path }, { files }, backUp) => keepFile(path, files, backUp),
  async apply({ path }, { files }) {
    await files.remove(path)
    return 'done'
  },
  revert: ({ path }, before, { files }) => restoreFile(path, before, files),
}
