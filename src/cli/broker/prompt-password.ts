import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { print, terminalText } from '../../ui/print.ts'

/** Ask for a password at the terminal, without showing it. Empty at the end of the input. Throws the reason of `signal` when it is aborted. */
export async function promptPassword(question: string, signal?: AbortSignal): Promise<string> {
  const output = process.stderr
  output.write(terminalText(question))
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true })
  // While readline reads a line, Ctrl-C sends no signal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  try {
    return await new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      terminal.once('line', resolve).once('close', () => resolve(''))
    })
  } finally {
    terminal.close()
    print('\n', output)
  }
}
