// 30 made-up policies. Issuers are departments marked as demo, numbers are no real documents; conditions are machine-readable.
import type { ListingDraft } from '../../src/lists/sheets/index.ts';
import { exampleFiles } from './files.ts';
import { makeListing, numbered } from './listing.ts';
import { countyCode } from './places.ts';

interface Scheme {
  name: string;
  category: string;
  issuer: string;
  audiences: readonly string[];
  benefit: string;
  benefitYuanMax: number | null;
  eligibility: readonly { field: string; operator: string; value: number | string | readonly string[] }[];
  documents: readonly string[];
}

const workshopPapers = ['申请表', '工资支付台账', '考评结果'];

// prettier-ignore
const schemes: readonly Scheme[] = [
  { name: '星级工坊以奖代补', category: 'fiscal', issuer: '演示农业农村部门', audiences: ['workshop', 'collective'], benefit: '按年度星级考评结果给予运营补助', benefitYuanMax: 50_000, eligibility: [{ field: 'star', operator: '>=', value: 4 }], documents: workshopPapers },
  { name: '低收入农户就业奖补', category: 'employment', issuer: '演示人力社保部门', audiences: ['workshop', 'enterprise'], benefit: '每带动一名低收入农户就业满三个月给予一次性奖补', benefitYuanMax: 20_000, eligibility: [{ field: 'low-income-workers', operator: '>=', value: 5 }], documents: ['申请表', '工资支付台账'] },
  { name: '共富贷专项授信', category: 'credit', issuer: '演示农合联', audiences: ['workshop', 'enterprise', 'cooperative'], benefit: '专项授信额度内优惠利率贷款,授信由银行决定', benefitYuanMax: 500_000, eligibility: [{ field: 'months-running', operator: '>=', value: 6 }, { field: 'star', operator: '>=', value: 3 }], documents: ['申请表', '订单与结算记录', '授权书'] },
  { name: '工坊设备购置补助', category: 'fiscal', issuer: '演示农业农村部门', audiences: ['workshop', 'collective'], benefit: '新购生产设备按比例补助', benefitYuanMax: 80_000, eligibility: [{ field: 'workers', operator: '>=', value: 20 }], documents: ['申请表', '购置发票'] },
  { name: '参与企业税收优惠提示', category: 'tax', issuer: '演示税务部门', audiences: ['enterprise', 'sole-trader'], benefit: '符合条件的参与企业可咨询税收优惠,资格以税务部门认定为准', benefitYuanMax: null, eligibility: [{ field: 'party-kind', operator: 'in', value: ['enterprise', 'sole-trader'] }, { field: 'workers', operator: '>=', value: 10 }], documents: ['申请表'] },
  { name: '来料加工技能培训', category: 'training', issuer: '演示妇联', audiences: ['worker', 'workshop'], benefit: '免费技能培训并发放误工补贴', benefitYuanMax: 1_200, eligibility: [{ field: 'age', operator: '>=', value: 16 }], documents: ['报名表'] },
  { name: '电商直播实训', category: 'training', issuer: '演示商务部门', audiences: ['worker', 'workshop'], benefit: '直播实训基地免费培训与选品支持', benefitYuanMax: 3_000, eligibility: [{ field: 'workshop-type', operator: 'in', value: ['live-commerce'] }], documents: ['报名表'] },
  { name: '非粮化腾退地复耕补助', category: 'land', issuer: '演示自然资源部门', audiences: ['collective', 'cooperative', 'household'], benefit: '腾退地块恢复种粮按亩补助', benefitYuanMax: 30_000, eligibility: [{ field: 'area-mu', operator: '>=', value: 5 }], documents: ['申请表', '地块图'] },
  { name: '雇主责任险保费补贴', category: 'insurance', issuer: '演示应急管理部门', audiences: ['workshop', 'enterprise'], benefit: '为超龄劳动者投保雇主责任险给予保费补贴', benefitYuanMax: 10_000, eligibility: [{ field: 'workers', operator: '>=', value: 5 }], documents: ['保单', '名单(授权)'] },
  { name: '农旅融合项目支持', category: 'tourism', issuer: '演示文广旅体部门', audiences: ['workshop', 'collective'], benefit: '农旅融合式工坊的展示与研学支持', benefitYuanMax: 60_000, eligibility: [{ field: 'workshop-type', operator: 'in', value: ['farm-tourism', 'brand-led'] }], documents: ['申请表', '方案'] },
];

/** Later issues of the same schemes for remote towns, with a lower bar and a place condition. */
const remoteTowns = [
  '330803213',
  '330803218',
  '330803200',
  '330803202',
  '330803203',
  '330803219',
  '330803113',
  '330803206',
  '330803100',
  '330803101',
];

export function makePolicies(): ListingDraft[] {
  const rows = exampleFiles.find((file) => file.sheetId === 'policy')?.rows ?? 0;
  return Array.from({ length: rows }, (_, index) => {
    const scheme = schemes[index % schemes.length];
    if (scheme === undefined) throw new Error('no scheme');
    const round = Math.floor(index / schemes.length);
    const town = round === 2 ? remoteTowns[index % remoteTowns.length] : undefined;
    const year = 2025 + Math.min(round, 1);
    const { benefitYuanMax, name, eligibility, ...rest } = scheme;
    return makeListing('policy', {
      number: numbered('ZC', index + 1),
      divisionCode: town ?? countyCode,
      owner: null,
      availableFrom: `${year}-01-01`,
      availableTo: round === 0 ? '2026-12-31' : '2027-12-31',
      attributes: {
        ...rest,
        name: `${name}${['(2025年)', '(2026年)', '(偏远乡镇专项)'][round] ?? ''}(演示)`,
        number: `演示〔${year}〕${index + 1}号`,
        benefitFenMax: benefitYuanMax === null ? null : benefitYuanMax * 100,
        eligibility:
          town === undefined ? eligibility : [...eligibility, { field: 'division', operator: 'within', value: town }],
        contactOffice: `${scheme.issuer}服务窗口`,
        contactPhone: `0570-380${String(2_000 + index).padStart(4, '0')}`,
      },
    });
  });
}
