import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { temporaryOf } from '../../src/lib/files/replace-file.ts'
import { type Files, localFiles as realFiles } from '../../src/node/files.ts'
import { paths } from '../../src/node/paths.ts'
import { appendWithCuts, call, end, endNow, isDue } from './cut.ts'

/** The files of this machine, with points at which the process ends before, or in the middle of, a write. */
export function localFiles(): Files {
  const files = realFiles()
  return {
    ...files,
    append(path, text, options) {
      call(`append ${path}`)
      return path === paths.journal
        ? appendWithCuts(text, () => files.append(path, text, options))
        : files.append(path, text, options)
    },
    async write(path, content, access) {
      if (call(`write ${path}`) || isDue('in the middle')) {
        const bytes =
          'copyOf' in content
            ? readFileSync(content.copyOf)
            : 'bytes' in content
              ? content.bytes
              : Buffer.from(content.text)
        writeFileSync(temporaryOf(path), bytes.subarray(0, bytes.length / 2), { mode: 0o600 })
        endNow()
      }
      await files.write(path, content, access)
    },
    async link(path, target) {
      if (call(`link ${path}`) || isDue('in the middle')) {
        symlinkSync(target, temporaryOf(path))
        endNow()
      }
      await files.link(path, target)
      end('after link', path)
    },
    async rename(path, to) {
      call(`rename ${path}`)
      await files.rename(path, to)
      end('in the middle')
      end('after rename', to)
    },
    async makeDirectory(path, access) {
      if (call(`mkdir ${path}`) || isDue('in the middle')) {
        mkdirSync(path, { mode: 0o700 })
        endNow()
      }
      await files.makeDirectory(path, access)
    },
    async setAccess(path, access) {
      call(`chmod ${path}`)
      end('in the middle')
      await files.setAccess(path, access)
    },
    remove(path) {
      call(`remove ${path}`)
      return files.remove(path)
    },
    removeTree(path) {
      call(`remove all of ${path}`)
      return files.removeTree(path)
    },
  }
}
