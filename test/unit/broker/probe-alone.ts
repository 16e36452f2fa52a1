// Probes the broker at the port that is its argument, as the only thing this process does, and prints the result.
import { probeBroker, waitForBroker } from '../../../src/broker/probe.ts'

const [port, what] = process.argv.slice(2)
const address = { host: '127.0.0.1', port: Number(port) }
const result =
  what === 'probe'
    ? JSON.stringify(await probeBroker(address, { nodeName: 'edge-1' }, 300))
    : await waitForBroker(address, 300).then(() => 'answers', String)
process.stdout.write(result)
