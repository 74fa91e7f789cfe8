// Examples of the contract for the life of a listing. The contract test holds each against its schema.

export const examples = {
  actions: {
    status: 'submitted' as const,
    statusLabel: { zh: '待审核', en: 'submitted' },
    machine: 'listing-v1' as const,
    publicity: { until: '2026-11-27', hasBegun: true, warning: null },
    doubt: null,
    actions: [
      {
        ...{ action: 'approval' as const, label: { zh: '审核通过', en: 'approve' }, isOpen: true },
        ...{ to: 'publicity' as const, why: null, guards: [] },
      },
    ],
  },
  transition: {
    ...{ action: 'return' as const, label: { zh: '退回', en: 'return' } },
    ...{ from: 'submitted' as const, to: 'returned' as const, byRole: 'official' as const },
    reason: '面积与不动产登记不符,请核对后重报',
    machine: 'listing-v1',
    at: '2026-11-21T02:00:00.000Z',
  },
  decision: {
    ...{ heldOn: '2026-11-02', body: 'representatives' as const, due: 36, present: 33, inFavour: 31 },
    ...{ minutes: '湖仁股合〔2026〕7号', publicityFrom: '2026-11-03', publicityTo: '2026-11-12' },
    version: 3,
  },
  tradePolicy: {
    divisionCode: '330803',
    validFrom: '2026-12-01',
    source: '衢江区农村产权交易管理办法(示例)',
    terms: {
      ...{ publicityWorkingDays: 7, noticeWorkingDays: 7, resultPublicityWorkingDays: 5 },
      ...{ openTradeFromFen: 5_000_000, mediaNoticeFromFen: 30_000_000, depositPermille: 100 },
      ways: ['tender' as const, 'auction' as const, 'listing' as const, 'negotiation' as const],
      ...{ relistTimesMax: 2, relistPriceCutPermilleMax: 100, monthsUntilDormant: 6 },
      monthsBetweenCheckIns: 6,
    },
    isDefault: false,
    version: 1,
  },
};
