import { expect, test } from 'vitest'
import { installedTexts } from '../../../../src/install/fix/installed-texts.ts'
import { paths } from '../../../../src/node/paths.ts'
import { bundleFiles } from '../bundle.ts'

const { manifest } = bundleFiles()

test('mosquitto.conf is that of the profile, with the interval of the bundle', () => {
  const bundle = { ...manifest, broker: { ...manifest.broker, autosaveInterval: 7 } }
  const textFor = (broker?: unknown) =>
    installedTexts(bundle, { options: broker === undefined ? {} : { broker } })[paths.brokerConfig]
  expect(textFor()).toMatch(/^allow_anonymous true$/m)
  const devices = textFor({ profile: 'devices', addresses: ['192.0.2.7'] })
  expect(devices).toMatch(/^listener 8883 192\.0\.2\.7$/m)
  expect(devices).toMatch(/^autosave_interval 7$/m)
})

test('a bundle without the broker image has none', () => {
  expect(installedTexts({ ...manifest, images: [] }, { options: {} })).toEqual({})
})
