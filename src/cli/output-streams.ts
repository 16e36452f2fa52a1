import { writeWhole } from '../lib/files/write-whole.ts'

let isClosed = false
let failure: Error | undefined

/**
 * Without this, a reader that leaves (`edgekit install | head -1`, a terminal that is closed) or a full disk behind `>FILE`
 * ends the process in the middle of its work: Node.js throws the error of a stream without a listener. To be called again
 * once oclif is loaded, whose listener throws.
 */
export function surviveLostOutput(): void {
  for (const [stream, fd] of [
    [process.stdout, 1],
    [process.stderr, 2],
  ] as const) {
    writeWhole(stream, fd)
    stream.removeAllListeners('error')
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: the terminal is gone (tty_ioctl(4)); EPIPE: the reader of the pipe is.
      const isGone = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY)
      if (isGone) isClosed ||= stream === process.stdout
      else if (stream === process.stdout) failure ??= error
    })
  }
}

/** Whether the reader of standard output has left. */
export const isOutputClosed = (): boolean => isClosed

/** Why a part of the output is lost; undefined when it is complete, or its reader has left. */
export const outputFailure = (): Error | undefined => failure
