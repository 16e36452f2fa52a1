// npm run gate -- BUNDLE...: install each bundle on a node of every release; the doctor decides if it can be released.
import { basename } from 'node:path'
import { exitCodes } from '../src/lib/exit-codes.ts'
import { prepareHost } from './host.ts'
import { bundleOnNode, install } from './machine/installed.ts'
import { startNode } from './machine/node.ts'
import { type Release, releases } from './machine/tree.ts'

async function passes(bundle: string, release: Release): Promise<boolean> {
  process.stdout.write(`\n# ${basename(bundle)} on ${release}\n`)
  await using node = await startNode({ release, certificates: true })
  await node.copyIn(bundle, '/root/bundle.tar.gz')
  await node.sh(`mkdir ${bundleOnNode} && tar xzf bundle.tar.gz -C ${bundleOnNode}`, { timeoutMs: 300_000 })
  // The second install must find nothing to do.
  for (const command of [
    install,
    `${install} | tee again && grep -q '^Nothing to do' again`,
    'edgekit doctor',
  ]) {
    const { exitCode, stdout, stderr } = await node.run(`set -o pipefail; ${command}`, { timeoutMs: 300_000 })
    process.stdout.write(`$ ${command}\n${stdout}\n${stderr}`)
    if (exitCode === exitCodes.ok) continue
    process.stdout.write(`\n${command}: exit code ${exitCode}\n`)
    return false
  }
  return true
}

const bundles = process.argv.slice(2)
if (bundles.length === 0) throw new Error('name the bundles to install')
await prepareHost()
const failed: string[] = []
for (const bundle of bundles) {
  for (const release of releases) {
    if (!(await passes(bundle, release))) failed.push(`${basename(bundle)} on ${release}`)
  }
}
process.stdout.write(
  failed.length > 0 ? `\nNot to be released: ${failed.join(', ')}\n` : '\nAll installed.\n',
)
process.exitCode = failed.length > 0 ? 1 : 0
