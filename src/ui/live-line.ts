import { figures, type ListrRenderer, Spinner } from 'listr2'
import { print, terminalText } from './print.ts'
import { paint } from './text.ts'

type Tasks = ConstructorParameters<typeof ListrRenderer>[0]

const terminal = process.stderr

/**
 * Shows the running task of listr2 in one line, and leaves a line when it ends: the screen always shows what runs and, above
 * it, what is done. A task that ends within a tenth of a second is never shown as running.
 */
export class LiveLine implements ListrRenderer {
  /** `count`: such as `12/33`, shown while the task runs. */
  static rendererOptions: { count?: string } = {}
  static rendererTaskOptions = {}
  static nonTTY = true
  readonly #spinner = new Spinner()
  readonly #tasks: Tasks
  readonly #count: string

  constructor(tasks: Tasks, { count }: typeof LiveLine.rendererOptions) {
    this.#tasks = tasks
    this.#count = count === undefined ? '' : `${count} `
  }

  render(): void {
    this.#spinner.start(() => {
      const line = terminalText(`${this.#spinner.fetch()} ${this.#count}${this.#title()}`)
      // Without automatic margins (DECAWM) the terminal cuts off what does not fit, whatever its width.
      terminal.write(`\r\u001b[?7l${line}\u001b[K\u001b[?7h`)
    })
  }

  end(error?: Error): void {
    this.#spinner.stop()
    const mark = error ? paint('red', figures.cross, terminal) : paint('green', figures.tick, terminal)
    terminal.write('\r\u001b[K')
    print(`${mark} ${this.#title()}\n`, terminal)
  }

  #title(): string {
    return this.#tasks.map(({ title }) => title).join(', ')
  }
}
