/** Runs programs of this machine that give access to images. Passed in, because only src/node starts programs. */
export interface Programs {
  /** Run a program with `input` on stdin. Throws when it is not installed or does not exit in time. */
  ask(file: string, args: readonly string[], input: string): Promise<{ exitCode: number; stdout: string }>
  /** Stream the stdout of a program. Throws at the end, with its stderr, if it failed. */
  output(file: string, args: readonly string[]): AsyncIterable<Uint8Array>
}
