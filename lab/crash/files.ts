import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { temporaryOf } from '../../src/lib/files/replace-file.ts'
import { type Files, localFiles as realFiles } from '../../src/node/files.ts'
import { paths } from '../../src/node/paths.ts'
import { appendWithCuts, end, isDue } from './cut.ts'

/** The files of this machine, with points at which the process ends in the middle of a write. */
export function localFiles(): Files {
  const files = realFiles()
  return {
    ...files,
    append: (path, text, options) =>
      path === paths.journal
        ? appendWithCuts(text, () => files.append(path, text, options))
        : files.append(path, text, options),
    async write(path, content, access) {
      if (isDue('in the middle')) {
        const bytes =
          'copyOf' in content
            ? readFileSync(content.copyOf)
            : 'bytes' in content
              ? content.bytes
              : Buffer.from(content.text)
        writeFileSync(temporaryOf(path), bytes.subarray(0, bytes.length / 2), { mode: 0o600 })
        end('in the middle')
      }
      await files.write(path, content, access)
    },
    async link(path, target) {
      if (isDue('in the middle')) {
        symlinkSync(target, temporaryOf(path))
        end('in the middle')
      }
      await files.link(path, target)
      end('after link', path)
    },
    async rename(path, to) {
      await files.rename(path, to)
      end('in the middle')
      end('after rename', to)
    },
    async makeDirectory(path, access) {
      if (isDue('in the middle')) {
        mkdirSync(path, { mode: 0o700 })
        end('in the middle')
      }
      await files.makeDirectory(path, access)
    },
    async setAccess(path, access) {
      end('in the middle')
      await files.setAccess(path, access)
    },
  }
}
