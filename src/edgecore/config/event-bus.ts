/**
 * The settings for the broker on the same node: EventBus on, external broker only, and DeviceTwin, which answers on its
 * topics. Install writes them and checks verify them. The keys are the same in KubeEdge v1.8 to v1.23 (componentconfig
 * edgecore types.go, `EventBus` and `DeviceTwin`).
 */
export const eventBusValues = {
  'modules.eventBus.enable': true,
  'modules.eventBus.mqttMode': 2,
  'modules.eventBus.mqttServerExternal': 'tcp://127.0.0.1:1883',
  'modules.eventBus.mqttServerInternal': 'tcp://127.0.0.1:1884',
  'modules.deviceTwin.enable': true,
} as const
