import type { EdgecoreConfigSpec } from '../actions/files/edgecore-config.ts'
import { type EdgecoreCopy, edgecoreCopy } from '../actions/files/edgecore-copy.ts'
import { isStartingOrActive, stopKnownUnit } from '../actions/services/unit-running.ts'
import { isTornConfig } from '../edgecore/config/torn-config.ts'
import type { RunStep } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import { units } from '../node/paths.ts'
import type { History } from './record/journal.ts'

/**
 * Restores an edgecore.yaml that the EdgeCore of an interrupted upgrade was writing when the power went, before anything is
 * decided from it: EdgeCore takes what is missing for its defaults, such as a cloud on this node itself.
 */
export async function restoreTornConfig({ changes }: History, node: Node, runStep: RunStep): Promise<void> {
  const live = changes.filter(({ state }) => state !== 'reverted')
  const { config } = (live.find(({ kind }) => kind === edgecoreCopy.kind)?.before ??
    {}) as Partial<EdgecoreCopy>
  if (!config) return
  const { path, backup, sha256, access } = config
  const set = live.find(({ kind }) => kind === 'edgecore-config')?.spec as EdgecoreConfigSpec | undefined
  const before = (await node.files.read(backup)) ?? ''
  if (!isTornConfig(before, await node.files.read(path), set?.values)) return
  await runStep(`Restore ${path}, which is damaged`, async () => {
    // One that is being restarted would write its defaults over it.
    const { active } = await node.systemd.unit(units.edgecore)
    await stopKnownUnit(units.edgecore, node, { alone: true })
    await node.files.write(path, { copyOf: backup, sha256, keepTime: true }, access)
    if (isStartingOrActive(active)) await node.systemd.start(units.edgecore)
  })
}
