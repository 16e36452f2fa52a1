/** Standard error without the lines of steps, such as `Import image x (1.2 s)`. */
export const besidesProgress = (stderr: string): string =>
  stderr
    .split('\n')
    .filter(line => !/ \((?:so far )?\d+\.\d s\)$/.test(line))
    .join('\n')
