/**
 * What an edge node needs in edgecore.yaml to talk to the broker on the same machine: EventBus on, external broker
 * only, and the twin that answers on its topics. One constant for both who writes it and who checks it. The keys are
 * the same in KubeEdge v1.8 to v1.23 (componentconfig edgecore types.go, `EventBus` and `DeviceTwin`).
 */
export const eventBusValues = {
  'modules.eventBus.enable': true,
  'modules.eventBus.mqttMode': 2,
  'modules.eventBus.mqttServerExternal': 'tcp://127.0.0.1:1883',
  'modules.eventBus.mqttServerInternal': 'tcp://127.0.0.1:1884',
  'modules.deviceTwin.enable': true,
} as const
