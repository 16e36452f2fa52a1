import type { Node } from '../node/node.ts'
import { unitFile } from '../node/paths.ts'
import { isUnknown } from '../node/systemd.ts'
import type { JournalLine } from '../node/systemd-journal.ts'

/**
 * The last `max` lines of a unit's journal; none for a unit that does not exist. A unit file in /etc answers that without
 * `systemctl`, which would take as long as reading the journal.
 */
export async function unitJournal(node: Node, unit: string, max: number): Promise<JournalLine[]> {
  const hasFile = (await node.files.status(unitFile(unit))) !== undefined
  return hasFile || !isUnknown(await node.systemd.unit(unit)) ? await node.journal.lines(unit, { max }) : []
}
