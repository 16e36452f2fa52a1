import { messages, type Row, subscribes, subscriptions, toBroker, toClient } from './change.ts'

export const retaining: Row[] = [
  [
    'sends retained messages without RETAIN',
    toClient(messages(() => ({ retain: false }))),
    'retained-qos-0',
    /^retained-/,
  ],
  [
    'sets RETAIN in every message',
    toClient(messages(() => ({ retain: true }))),
    'retained-live',
    /^retained-/,
  ],
  [
    'forgets retained messages',
    toBroker(messages(() => ({ retain: false }))),
    'retained-qos-0',
    /^retained-/,
  ],
  [
    'keeps a retained message that was removed',
    toBroker(messages(({ payload: bytes, retain }) => (retain && bytes?.length === 0 ? 'drop' : {}))),
    'retained-removed',
    /^retained-empty-delivered$/,
  ],
  [
    'stores every message',
    toBroker(messages(({ payload: bytes }) => ({ retain: (bytes?.length ?? 0) > 0 }))),
    'retained-not-stored',
    /^retained-/,
  ],
  [
    'forgets the properties of retained messages',
    toBroker(messages(({ retain, properties }) => ({ properties: retain ? [] : properties }))),
    'property-content-type-retained',
  ],
  [
    'ignores Retain As Published',
    toBroker(subscriptions(() => ({ retainAsPublished: false }))),
    'retained-as-published',
  ],
  [
    'ignores Retain Handling',
    toBroker(subscriptions(() => ({ retainHandling: 0 }))),
    'retained-handling-1',
    /^retained-handling-2$/,
  ],
  [
    'sends no retained messages',
    toBroker(
      subscribes(({ subscriptions: all = [] }, version) =>
        version === 5 ? { subscriptions: all.map(each => ({ ...each, retainHandling: 2 })) } : {},
      ),
    ),
    'retained-handling-0',
    /^retained-/,
  ],
]
