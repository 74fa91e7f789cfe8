// Judged queries: what people type, and which listings of the sample county they mean. Judged by the facts of a listing, its kind, codes,
// place and name, and by what the words mean to whoever lives there; never by what some search finds.

export interface Row {
  id: string;
  kind: string;
  title: string;
  attributes: Record<string, unknown>;
  /** 湖仁村 */
  village: string;
  /** 高家镇 */
  town: string;
}

type Rule = (row: Row) => boolean;

export interface Query {
  what: string;
  q: string;
  isMeant: Rule;
}

// ── Facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const kind =
  (...kinds: string[]): Rule =>
  (row) =>
    kinds.includes(row.kind);
const all =
  (...rules: Rule[]): Rule =>
  (row) =>
    rules.every((rule) => rule(row));
const any =
  (...rules: Rule[]): Rule =>
  (row) =>
    rules.some((rule) => rule(row));
const at = (village: string) => (row: Row) => row.village === village;
const inTown = (town: string) => (row: Row) => row.town === town;
const named =
  (...names: string[]): Rule =>
  ({ title }) =>
    names.some((name) => title.includes(name));
/** Codes that stand in a field, alone or in a list. */
const says =
  (field: string, ...codes: string[]): Rule =>
  ({ attributes }) =>
    [attributes[field]].flat().some((value) => codes.includes(String(value)));
const needs =
  (...skills: string[]): Rule =>
  ({ attributes }) =>
    (attributes['needs'] instanceof Array ? (attributes['needs'] as { skill: string }[]) : []).some(({ skill }) =>
      skills.includes(skill),
    );
const amount =
  (field: string, value: number): Rule =>
  ({ attributes }) =>
    attributes[field] === value;

// ── What words mean ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Of the village, or called by its name wherever it is. */
const place = (village: string, name = village.replace(/村$/, '')) => any(at(village), named(name));
const huren = place('湖仁村');
const shuangqiao = any(at('双桥村'), inTown('双桥乡'), named('双桥'));
const ofTown = (town: string) => any(inTown(town), at(town));

const sewing = any(
  needs('sewing', 'bag-sewing', 'shoe-upper-sewing', 'overlock'),
  says('skills', 'sewing'),
  says('equipment', 'sewing-machine', 'overlock-machine'),
  says('equipmentKind', 'sewing-machine', 'overlock-machine'),
  named('缝纫', '缝制', '服装'),
  ({ attributes }) => String(attributes['need']).includes('缝纫'),
);
const toeLinking = any(
  needs('toe-linking'),
  says('equipment', 'toe-linking-machine'),
  says('equipmentKind', 'toe-linking-machine'),
  named('缝袜头', '缝头'),
);
const packing = any(
  needs('packing'),
  says('skills', 'packing'),
  named('包装', '打包', '装箱'),
  all(kind('shared-facility'), says('facilityType', 'sorting-line')),
);
const sorting = any(
  needs('sorting'),
  says('skills', 'sorting'),
  says('equipment', 'sorting-line'),
  all(kind('shared-facility'), says('facilityType', 'sorting-line')),
  named('分拣', '分级', '机选'),
);
const citrus = any(
  named('柑橘', '椪柑', '橘', '柑'),
  says('products', '椪柑', '湖仁红柑橘'),
  says('category', 'fruit'),
  ({ attributes }) => /柑|橘/.test(String(attributes['wanted'])),
  all(kind('channel-demand'), says('categories', 'fruit')),
);
const bamboo = any(
  needs('bamboo-weaving'),
  says('category', 'bamboo-craft'),
  says('categories', 'bamboo-craft'),
  says('products', '竹篮'),
  named('竹'),
);
const coldStore = any(
  says('equipment', 'cold-store'),
  says('equipmentKind', 'cold-store'),
  says('facilityType', 'cold-store'),
  says('projectType', 'storage-logistics'),
  named('冷库', '冷链', '冷藏'),
);
const liveStream = any(
  says('workshopType', 'live-commerce'),
  says('equipment', 'live-stream-set'),
  says('skills', 'live-streaming'),
  needs('live-streaming'),
  says('facilityType', 'live-room'),
  named('直播'),
);
const warehouse = any(
  says('venueType', 'warehouse'),
  named('仓库', '仓储'),
  all(kind('project'), says('projectType', 'storage-logistics')),
);
const plant = any(says('venueType', 'plant'), named('厂房', '车间'), ({ attributes }) =>
  String(attributes['need']).includes('厂房'),
);
const abandoned = any(says('idleLandKind', 'abandoned'), named('抛荒', '撂荒'));
const homestead = all(
  kind('land', 'venue'),
  any(says('idleLandKind', 'idle-homestead'), says('landUse', 'homestead'), named('宅基地', '农房')),
);
const farmHouse = any(says('venueType', 'farm-house'), named('农房'));
const photovoltaic = any(says('wantedUses', 'photovoltaic'), says('projectType', 'energy'), named('光伏'));
const noodles = any(
  says('products', '粉干', '双桥粉干'),
  needs('noodle-drying'),
  named('粉干'),
  says('equipment', 'noodle-press'),
  ({ attributes }) => String(attributes['wanted']).includes('粉干'),
);
const drone = any(says('equipmentKind', 'plant-drone'), named('无人机'));
const tractor = any(says('equipmentKind', 'tractor'), named('拖拉机'));
const tea = any(says('category', 'tea'), says('categories', 'tea'), named('茶'));
const orders = kind('processing-order');
const policies = kind('policy');
const posts = kind('post');

/** As somebody would type it. */
export const queries: readonly Query[] = [
  ...ask('an everyday village name', {
    湖仁: huren,
    湖仁村: at('湖仁村'),
    高家镇湖仁村: at('湖仁村'),
    双桥: shuangqiao,
    灰坪: any(ofTown('灰坪乡'), at('灰坪村'), named('灰坪')),
    黄金岗: place('黄金岗村'),
    孟姜: place('孟姜村'),
    廿里: any(inTown('廿里镇'), named('廿里')),
    华垅村: at('华垅村'),
    大日坂: place('大日坂村'),
    百灵社区: any(at('百灵社区')),
    高家镇: inTown('高家镇'),
    衢江区的政策: policies,
  }),
  ...ask('words set apart', {
    '湖仁 柑橘': all(huren, citrus),
    '高家镇 农房': all(inTown('高家镇'), farmHouse),
    '莲花镇 抛荒地': all(inTown('莲花镇'), abandoned),
    '缝纫 岗位': all(sewing, posts),
    '柑橘 分拣': all(citrus, sorting),
    '厂房、大洲镇': all(plant, inTown('大洲镇')),
    '杜泽镇 仓库': all(inTown('杜泽镇'), warehouse),
  }),
  ...ask('words run together', {
    湖仁闲置厂房: all(huren, plant),
    柑橘包装: all(citrus, packing),
    高家镇厂房: all(inTown('高家镇'), plant),
    双桥粉干: all(shuangqiao, noodles),
    缝纫工岗位: all(sewing, posts),
    冷库出租: any(coldStore),
    廿里镇抛荒地: all(inTown('廿里镇'), abandoned),
  }),
  ...ask('another word for it', {
    车间: plant,
    库房: warehouse,
    撂荒地: abandoned,
    橘子: citrus,
    打包: packing,
    竹子: bamboo,
    民房: farmHouse,
    飞防无人机: drone,
    招聘: posts,
    挑选: sorting,
    冷藏: coldStore,
    套口机: toeLinking,
  }),
  ...ask('pinyin', {
    hurencun: at('湖仁村'),
    huren: huren,
    'hu ren': huren,
    'huren cun': at('湖仁村'),
    gaojiazhen: inTown('高家镇'),
    fengren: sewing,
    'gan ju': citrus,
    lengku: coldStore,
    'shuang qiao': shuangqiao,
  }),
  ...ask('initials', { hrc: at('湖仁村'), gjz: inTown('高家镇'), mjc: at('孟姜村'), sqx: inTown('双桥乡') }),
  ...ask('mixed', {
    'hrc 厂房': all(at('湖仁村'), plant),
    湖仁ganju: all(huren, citrus),
    'gjz 厂房': all(inTown('高家镇'), plant),
    'HuRenCun 土地': all(at('湖仁村'), kind('land')),
  }),
  ...ask('full width', {
    ＨＲＣ: at('湖仁村'),
    '湖仁　厂房': all(huren, plant),
    '（双桥）粉干': all(shuangqiao, noodles),
    '２０２６年 政策': all(policies, named('2026')),
  }),
  ...ask('typed wrongly', {
    湖人村: at('湖仁村'),
    高价镇: inTown('高家镇'),
    莲化镇: inTown('莲花镇'),
    缝仁: sewing,
    柑菊: citrus,
    冷哭: coldStore,
    抛慌地: abandoned,
    拖拉鸡: tractor,
    直波: liveStream,
    杜则镇: inTown('杜泽镇'),
  }),
  ...ask('one character', { 竹: bamboo, 茶: tea, 橘: citrus }),
  ...ask('an amount', {
    '130㎡': amount('areaM2', 130),
    '130平方米': amount('areaM2', 130),
    '18亩': amount('areaMuX100', 1_800),
    十八亩: amount('areaMuX100', 1_800),
    '43.66亩': amount('areaMuX100', 4_366),
    约18亩地: amount('areaMuX100', 1_800),
  }),
  ...ask('a thing', {
    缝纫: sewing,
    缝袜头: toeLinking,
    宅基地: homestead,
    光伏: photovoltaic,
    直播: liveStream,
    无人机: drone,
    来料加工订单: orders,
    以奖代补: all(policies, named('以奖代补')),
    低收入农户就业奖补: all(policies, named('低收入农户就业奖补')),
  }),
];

function ask(what: string, meant: Record<string, Rule>): Query[] {
  return Object.entries(meant).map(([q, isMeant]) => ({ what, q, isMeant }));
}
