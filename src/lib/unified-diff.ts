import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'

/** A unified diff, as patch(1) reads it, of a file's text; `before` is undefined when there is no file yet. */
export const unifiedDiff = (path: string, before: string | undefined, after: string): string =>
  createTwoFilesPatch(before === undefined ? '/dev/null' : path, path, before ?? '', after, '', '', {
    headerOptions: FILE_HEADERS_ONLY,
  })
