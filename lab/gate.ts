// npm run gate -- BUNDLE...: install each bundle on a node of every release; the doctor decides if it can be released.
import { basename } from 'node:path'
import { exitCodes } from '../src/lib/exit-codes.ts'
import { prepareHost } from './host.ts'
import { bundleOnNode, install } from './machine/installed.ts'
import { startNode } from './machine/node.ts'
import { type Release, releases } from './machine/tree.ts'
import { print } from './print.ts'

async function passes(bundle: string, release: Release): Promise<boolean> {
  print(`\n# ${basename(bundle)} on ${release}`)
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
    print(`$ ${command}\n${stdout}\n${stderr}`)
    if (exitCode === exitCodes.ok) continue
    print(`\n${command}: exit code ${exitCode}`)
    return false
  }
  return true
}

async function main(bundles: readonly string[]): Promise<number> {
  if (bundles.length === 0) {
    process.stderr.write('usage: npm run gate -- BUNDLE…\n')
    return 2
  }
  await prepareHost()
  const failed: string[] = []
  for (const bundle of bundles) {
    for (const release of releases) {
      if (!(await passes(bundle, release))) failed.push(`${basename(bundle)} on ${release}`)
    }
  }
  print(failed.length > 0 ? `\nDo not release: ${failed.join(', ')}` : '\nAll installed.')
  return failed.length > 0 ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
