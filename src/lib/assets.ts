import { readFileSync } from 'node:fs'
import { getAsset, isSea } from 'node:sea'

/**
 * A text file the product brings along, by its path in the repository, such as `templates/systemd/mosquitto.service`:
 * from inside the executable when shipped, from the checkout otherwise.
 */
export function readAsset(path: string): string {
  if (isSea()) return getAsset(path, 'utf8')
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
}
