import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'

/** A unified diff for patch(1); `before` is undefined for a new file. */
export const unifiedDiff = (path: string, before: string | undefined, after: string): string =>
  createTwoFilesPatch(before === undefined ? '/dev/null' : path, path, before ?? '', after, '', '', {
    headerOptions: FILE_HEADERS_ONLY,
  })
