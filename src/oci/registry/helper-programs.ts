/** Programs of this machine that edgekit needs to get at images. Given to this folder, which starts none itself. */
export interface Programs {
  /** Run a program with `input` on its stdin. Throws when there is no such program or it does not end in time. */
  ask(file: string, args: readonly string[], input: string): Promise<{ exitCode: number; stdout: string }>
  /** What a program writes to stdout, as it comes. Throws at the end, with its stderr, when it failed. */
  output(file: string, args: readonly string[]): AsyncIterable<Uint8Array>
}
