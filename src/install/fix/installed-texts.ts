import { brokerConfigFor } from '../../broker/profile/broker-config.ts'
import { localProfile } from '../../broker/profile/broker-settings.ts'
import type { Manifest } from '../../bundle/manifest.ts'
import { payloadText, texts } from '../../bundle/payload.ts'
import { paths } from '../../node/paths.ts'
import type { Receipt } from '../record/receipt.ts'
import { nodeSettings } from '../request/node-settings.ts'

/** The texts that this edgekit makes for a node, by their path; none for a bundle without a broker. */
export function installedTexts(
  { images, broker }: Pick<Manifest, 'images' | 'broker'>,
  { options }: Pick<Receipt, 'options'>,
): Record<string, string> {
  const image = images.find(({ reference }) => reference === broker.image)
  if (!image) return {}
  const { broker: settings = localProfile } = nodeSettings({}, options)
  return {
    ...Object.fromEntries(Object.values(texts).map(text => [text.path, payloadText(text, image)])),
    [paths.brokerConfig]: brokerConfigFor(settings, broker.autosaveInterval),
  }
}
