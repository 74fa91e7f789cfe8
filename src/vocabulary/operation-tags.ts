// Under what the operations of the API are found, in the order of the rooms. A reader of the contract meets them in this order.

export const operationTags = {
  service: '服务是否正常 · whether the service is alive and ready',
  audit: '审计:谁改了什么、封存与检查点 · who changed what, seals and checkpoints',
  divisions: '行政区划 · administrative divisions',
  'sign-in': '登录与本人 · signing in, and what stands of the caller',
  'api-keys': '密钥 · keys of systems and people',
  mandates: '委托 · acting for a person or party',
  'division-grants': '跨区划授权 · acting in a division other than one’s own',
  parties: '主体:企业、村集体等 · legal persons',
  lists: '四张清单 · the four lists, counted',
  listings: '清单条目 · what stands on the lists',
  map: '地图数据 GeoJSON · GeoJSON for maps',
  imports: '表格导入 · workbooks taken in',
  publications: '清单发布:版本、比对、变更流 · versions of the lists, what changed between them and since',
  trade: '资源交易:协议流转、公开交易、使用跟踪 · trading of resources, and their use after the deal',
  proposals: '撮合方案 · order, sites and people, with reasons',
  rounds: '撮合轮次与未撮合原因 · rounds of matching, and why something was not matched',
  persons: '个人信息权利 · what a person may demand',
} as const;

export type OperationTag = keyof typeof operationTags;
