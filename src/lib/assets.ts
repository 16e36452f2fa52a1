import { readFileSync } from 'node:fs'
import { getAsset, isSea } from 'node:sea'

/**
 * Read a text file that ships with edgekit, by its path in the repository (`templates/systemd/mosquitto.service`): from
 * inside the executable, or from the checkout. Throws when there is no such file.
 */
export function readAsset(path: string): string {
  if (isSea()) return getAsset(path, 'utf8')
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}
