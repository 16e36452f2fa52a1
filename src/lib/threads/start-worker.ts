import { isSea } from 'node:sea'
import { Worker, type WorkerOptions } from 'node:worker_threads'
import { readAsset } from '../assets.ts'

interface WorkerProgram {
  /** Its name inside the executable. */
  asset: string
  /** Its place in a checkout; inside the executable modules have none. */
  url: () => URL
}

/** Start a worker thread: inside the executable it is bundled into an asset (`threads` in tools/edgekit.ts). */
export const startWorker = ({ asset, url }: WorkerProgram, options: WorkerOptions): Worker =>
  isSea() ? new Worker(readAsset(asset), { ...options, eval: true }) : new Worker(url(), options)
