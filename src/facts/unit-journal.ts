import type { Node } from '../node/node.ts'
import { unitFile } from '../node/paths.ts'
import { isUnknown } from '../node/systemd.ts'
import type { JournalLine } from '../node/systemd-journal.ts'

/**
 * The last `max` lines of a unit's journal; none of a unit that systemd does not know. Where its file is systemd is not
 * asked first, which would take as long as to read the journal.
 */
export async function unitJournal(node: Node, unit: string, max: number): Promise<JournalLine[]> {
  const isInPlace = (await node.files.status(unitFile(unit))) !== undefined
  return isInPlace || !isUnknown(await node.systemd.unit(unit)) ? await node.journal.lines(unit, { max }) : []
}
