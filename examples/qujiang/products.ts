// What enterprises of the region give out as outwork, with the skills, fittings and rates that go with it. Rates follow those
// seen in public reports (缝袜头 0.20 元, 包装 0.07 元 …); everything else is an estimate for the demo.

export interface Product {
  name: string;
  unit: string;
  /** skills with their part of the hours; the first may be done at home */
  skills: readonly (readonly [skill: string, part: number])[];
  operations: readonly (readonly [name: string, pieceRateLi: number])[];
  equipment: readonly string[];
  /** pieces an hour of work makes, for the quantity of an order */
  piecesPerHour: number;
  /** floor area per hour of weekly work, m² */
  areaPerHour: number;
  powerKw: number;
  homeWork: boolean;
  isHazardous?: boolean;
  /** how large its orders are, relative: few hands can do rare work */
  crowd: number;
  /** how often it is ordered, relative */
  weight: number;
}

// prettier-ignore
export const products: readonly Product[] = [
  { name: '棉袜缝头', unit: '双', skills: [['toe-linking', 1]], operations: [['缝袜头', 200]], equipment: ['toe-linking-machine'], piecesPerHour: 85, areaPerHour: 0.12, powerKw: 8, homeWork: false, crowd: 0.45, weight: 8 },
  { name: '袜子配对包装', unit: '双', skills: [['packing', 1]], operations: [['配对包装', 70]], equipment: [], piecesPerHour: 220, areaPerHour: 0.1, powerKw: 2, homeWork: true, crowd: 1.3, weight: 9 },
  { name: '童装锁边剪线', unit: '件', skills: [['overlock', 0.6], ['thread-trimming', 0.4]], operations: [['锁边', 350], ['剪线头', 100]], equipment: ['overlock-machine'], piecesPerHour: 32, areaPerHour: 0.15, powerKw: 10, homeWork: false, crowd: 0.45, weight: 6 },
  { name: '劳保手套缝制', unit: '双', skills: [['sewing', 1]], operations: [['缝合', 250]], equipment: ['sewing-machine'], piecesPerHour: 70, areaPerHour: 0.14, powerKw: 10, homeWork: false, crowd: 0.7, weight: 8 },
  { name: '椪柑分拣装箱', unit: '箱', skills: [['sorting', 0.6], ['packing', 0.4]], operations: [['分拣', 400], ['装箱', 300]], equipment: ['scales'], piecesPerHour: 22, areaPerHour: 0.3, powerKw: 5, homeWork: false, crowd: 1.2, weight: 12 },
  { name: '鲜柑机选分级', unit: '箱', skills: [['sorting', 0.7], ['loading', 0.3]], operations: [['上线分级', 350], ['码放装车', 250]], equipment: ['sorting-line', 'conveyor'], piecesPerHour: 40, areaPerHour: 0.45, powerKw: 25, homeWork: false, crowd: 1, weight: 4 },
  { name: '粉干称重包装', unit: '袋', skills: [['packing', 0.7], ['weighing', 0.3]], operations: [['装袋', 120], ['称重封口', 80]], equipment: ['sealing-machine', 'scales'], piecesPerHour: 90, areaPerHour: 0.18, powerKw: 6, homeWork: false, crowd: 1, weight: 7 },
  { name: '粉干晾晒整理', unit: '公斤', skills: [['noodle-drying', 1]], operations: [['晾晒', 260]], equipment: [], piecesPerHour: 65, areaPerHour: 0.5, powerKw: 3, homeWork: false, crowd: 0.35, weight: 4 },
  { name: '手工串珠手链', unit: '串', skills: [['beading', 1]], operations: [['串珠', 450]], equipment: [], piecesPerHour: 36, areaPerHour: 0.08, powerKw: 1, homeWork: true, crowd: 0.8, weight: 8 },
  { name: '木制玩具组装', unit: '件', skills: [['assembly', 0.75], ['packing', 0.25]], operations: [['组装', 500], ['装盒', 100]], equipment: [], piecesPerHour: 30, areaPerHour: 0.13, powerKw: 4, homeWork: true, crowd: 1.1, weight: 9 },
  { name: '节庆饰品粘贴', unit: '件', skills: [['gluing', 0.6], ['assembly', 0.4]], operations: [['粘贴', 180], ['组装', 220]], equipment: [], piecesPerHour: 45, areaPerHour: 0.12, powerKw: 2, homeWork: true, crowd: 0.8, weight: 7 },
  { name: '仿真花枝制作', unit: '枝', skills: [['artificial-flowers', 1]], operations: [['插枝', 150]], equipment: [], piecesPerHour: 105, areaPerHour: 0.12, powerKw: 2, homeWork: true, crowd: 0.45, weight: 6 },
  { name: '运动鞋面缝制', unit: '双', skills: [['shoe-upper-sewing', 1]], operations: [['缝鞋面', 500]], equipment: ['sewing-machine'], piecesPerHour: 34, areaPerHour: 0.16, powerKw: 12, homeWork: false, crowd: 0.45, weight: 5 },
  { name: '礼盒纸盒折叠', unit: '个', skills: [['folding', 0.7], ['gluing', 0.3]], operations: [['折盒', 120], ['粘边', 80]], equipment: [], piecesPerHour: 80, areaPerHour: 0.15, powerKw: 2, homeWork: true, crowd: 0.8, weight: 7 },
  { name: '中药材切片分拣', unit: '公斤', skills: [['herb-slicing', 0.6], ['sorting', 0.4]], operations: [['切片', 900], ['拣选', 500]], equipment: ['herb-slicer'], piecesPerHour: 12, areaPerHour: 0.2, powerKw: 9, homeWork: false, crowd: 0.25, weight: 3 },
  { name: '山茶油装瓶贴标', unit: '瓶', skills: [['packing', 0.5], ['labelling', 0.5]], operations: [['装瓶', 200], ['贴标', 100]], equipment: ['labelling-machine'], piecesPerHour: 60, areaPerHour: 0.2, powerKw: 6, homeWork: false, crowd: 0.7, weight: 5 },
  { name: '电子线束端接', unit: '条', skills: [['cable-harness', 0.8], ['quality-inspection', 0.2]], operations: [['压端子', 220], ['检验', 60]], equipment: ['crimping-machine'], piecesPerHour: 65, areaPerHour: 0.15, powerKw: 10, homeWork: false, crowd: 0.45, weight: 4 },
  { name: '灯串插件焊接', unit: '条', skills: [['electronics-soldering', 1]], operations: [['插件焊接', 600]], equipment: ['soldering-station'], piecesPerHour: 30, areaPerHour: 0.16, powerKw: 14, homeWork: false, isHazardous: true, crowd: 0.2, weight: 2 },
  { name: '竹编果篮', unit: '只', skills: [['bamboo-weaving', 1]], operations: [['编织', 6_500]], equipment: [], piecesPerHour: 3, areaPerHour: 0.15, powerKw: 1, homeWork: true, crowd: 0.45, weight: 4 },
  { name: '直播选品发货', unit: '单', skills: [['packing', 0.7], ['live-streaming', 0.3]], operations: [['打包发货', 500]], equipment: ['live-stream-set'], piecesPerHour: 30, areaPerHour: 0.2, powerKw: 8, homeWork: false, crowd: 0.2, weight: 3 },
  { name: '帆布包缝制', unit: '只', skills: [['bag-sewing', 0.8], ['thread-trimming', 0.2]], operations: [['缝制', 900], ['剪线头', 100]], equipment: ['sewing-machine'], piecesPerHour: 18, areaPerHour: 0.16, powerKw: 12, homeWork: false, crowd: 0.45, weight: 5 },
  { name: '水笔装配', unit: '支', skills: [['brush-making', 1]], operations: [['装笔', 35]], equipment: [], piecesPerHour: 440, areaPerHour: 0.1, powerKw: 2, homeWork: true, crowd: 0.45, weight: 5 },
  { name: '冬笋剥壳预处理', unit: '公斤', skills: [['peeling', 0.7], ['packing', 0.3]], operations: [['剥壳', 400], ['装袋', 150]], equipment: [], piecesPerHour: 28, areaPerHour: 0.2, powerKw: 3, homeWork: false, crowd: 0.9, weight: 5 },
  { name: '年货礼盒包装', unit: '盒', skills: [['packing', 0.7], ['labelling', 0.3]], operations: [['装盒', 450], ['贴标', 100]], equipment: [], piecesPerHour: 32, areaPerHour: 0.25, powerKw: 3, homeWork: false, crowd: 1.3, weight: 10 },
];
