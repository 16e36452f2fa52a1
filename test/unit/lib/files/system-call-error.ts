import { constants } from 'node:os'

/** An error as Node.js throws it when writing a file fails. */
export const systemCallError = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(code), {
    code,
    errno: -(Object.entries(constants.errno).find(([name]) => name === code)?.[1] ?? 0),
    syscall: 'write',
    path,
  })
