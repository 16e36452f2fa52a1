import { $ } from 'zx'

/** Run host programs with zx: quiet, without stdin, with a timeout of ten minutes. */
export const sh = $({ quiet: true, stdio: ['ignore', 'pipe', 'pipe'], timeout: '600s' })
