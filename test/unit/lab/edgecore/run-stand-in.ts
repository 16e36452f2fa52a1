import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { stringify } from 'yaml'

const main = new URL('../../../../lab/edgecore/main.ts', import.meta.url).pathname

/** What it prints as its defaults. */
export const printedDefaults = async (): Promise<string> =>
  (await promisify(execFile)(process.execPath, [main, '--defaultconfig'])).stdout

/** A running stand-in for EdgeCore and what it has logged so far. */
export class StandIn {
  readonly directory: string
  readonly configFile: string
  text = ''
  #child: ChildProcess
  readonly #ended: Promise<number | null>

  /** `config` is the whole edgecore.yaml, as text or as data; no file is written without one. */
  constructor(config?: string | object, { secondMs = 20 } = {}) {
    this.directory = mkdtempSync(join(tmpdir(), 'edgecore-'))
    this.configFile = join(this.directory, 'edgecore.yaml')
    if (config !== undefined) {
      writeFileSync(this.configFile, typeof config === 'string' ? config : stringify(config))
    }
    this.#child = spawn(process.execPath, [main, '--version', '--config', this.configFile], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        EDGECORE_STAND_IN_SECOND_MS: String(secondMs),
        EDGECORE_STAND_IN_DATABASE: join(this.directory, 'edgecore.db'),
        // EdgeCore's own switch: a kubelet of this machine, or of a node of the lab, does not matter here.
        CHECK_EDGECORE_ENVIRONMENT: 'false',
      },
    })
    this.#child.stderr?.on('data', data => {
      this.text += String(data)
    })
    this.#ended = new Promise(resolve => this.#child.once('close', code => resolve(code)))
  }

  /** Wait until the pattern is in the log that many times. */
  async logged(pattern: RegExp, times = 1): Promise<void> {
    const deadline = Date.now() + 30_000
    while ((this.text.match(new RegExp(pattern, 'g')) ?? []).length < times) {
      if (Date.now() > deadline || this.#child.exitCode !== null) {
        throw new Error(`${pattern} was not logged ${times} times:\n${this.text}`)
      }
      await sleep(5)
    }
  }

  /** Wait for its own end; gives the exit code. */
  async ended(): Promise<number | null> {
    const code = await this.#ended
    rmSync(this.directory, { recursive: true, force: true })
    return code
  }

  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return this.ended()
  }
}
