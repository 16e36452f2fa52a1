// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

/** Print a line. */
export const print = (text: string): void => void process.stdout.write(`${text}\n`)
