import { $ } from 'zx'

/** Programs of the host, as zx runs them: quiet, nothing on stdin, ended after ten minutes at the latest. */
export const sh = $({ quiet: true, stdio: ['ignore', 'pipe', 'pipe'], timeout: '600s' })
