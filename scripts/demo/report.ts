// What the demo prints. Enters: answers of the public API. Leaves: lines of text, Chinese first.

import type { Client } from './client.ts';
import type { RoundAnswer, RoundSummary } from './county.ts';

interface Text {
  zh: string;
  en: string;
}
interface Listing {
  title: string;
  place: string;
}
interface Proposal {
  orderId: string;
  share: number;
  startsOn: string;
  endsOn: string;
  valueFen: number;
  reasons: Text[];
  conditions: { text: Text }[];
  lots: { siteId: string; divisionCode: string; isHome: boolean; labour: { people: number }[] }[];
}
interface Unmatched {
  listingId: string;
  cause: 'rule' | 'competition' | 'not-worth';
  reasons: Text[];
  rules: { text: Text }[];
  nearMisses: { text: Text; apply: { path: string; body: unknown } | null }[];
}

const yuan = (fen: number) => `${(fen / 100).toLocaleString('zh-CN', { maximumFractionDigits: 0 })} 元`;
const wan = (fen: number) => `${(fen / 1_000_000).toLocaleString('zh-CN', { maximumFractionDigits: 2 })} 万元`;
const percent = (share: number | null) => (share === null ? '—' : `${(share * 100).toFixed(1)}%`);

export function summaryLines({ orders, people, sites, incomeByTown, ...s }: RoundSummary): string[] {
  const poorest = incomeByTown.slice(0, 5);
  const richest = incomeByTown.slice(-3).reverse();
  const town = (t: RoundSummary['incomeByTown'][number]) =>
    `    ${t.name}  ${t.proposed}/${t.registered} 人  ${wan(t.wageFen)}  人均 ${t.perHeadFen === null ? '—' : yuan(t.perHeadFen)}`;
  return [
    `订单 orders      ${orders.placed}/${orders.total} 已安排 placed;规则不符 rule ${orders.byRule} · 竞争落选 competition ${orders.byCompetition} · 得不偿失 not worth ${orders.notWorth}`,
    `人员 people      ${people.proposed}/${people.total} 人,共 ${Math.round(people.hours).toLocaleString('zh-CN')} 工时,工资 ${wan(people.wageFen)};低收入农户 low-income ${people.lowIncomeProposed}/${people.lowIncomeTotal} 人,占工资 ${percent(s.lowIncomeShare)}`,
    `场地 sites       ${sites.used}/${sites.total} 处`,
    `目标值 objective ${wan(s.objectiveFen)},上界 bound ${wan(s.boundFen)},差距 gap ${percent(s.gap)};贪心 greedy ${wan(s.greedyObjectiveFen)}`,
    `各镇人均收入(从低到高)income per registered head, lowest five … highest three;基尼 Gini ${s.gini?.toFixed(3) ?? '—'}`,
    ...poorest.map(town),
    '    …',
    ...richest.map(town),
  ];
}

/** Five explanations of different sorts, chosen by rule and not by hand. */
export async function tellingExplanations(client: Client, round: RoundAnswer): Promise<string[]> {
  const proposals = await readAll<Proposal>(client, `/v1/proposals?round=${round.id}&limit=100`);
  const unmatched = await readAll<Unmatched>(client, `/v1/unmatched?round=${round.id}&subject=order&limit=100`);
  const poorestTowns = (round.summary?.incomeByTown ?? []).slice(0, 5).map((town) => town.divisionCode);
  const byValue = [...proposals].sort((a, b) => b.valueFen - a.valueFen);
  const isRemote = (p: Proposal) =>
    p.lots.every((lot) => poorestTowns.some((code) => lot.divisionCode.startsWith(code)));
  const hinted = (cause: Unmatched['cause']) => {
    const ofCause = unmatched.filter((entry) => entry.cause === cause);
    return ofCause.find((entry) => entry.nearMisses.some((near) => near.apply)) ?? ofCause[0];
  };

  const lines: string[] = [];
  const told = () => lines.filter((line) => /^\d/.test(line)).length;
  const tell = async (heading: string, listingId: string | undefined, ...texts: (Text | undefined)[]) => {
    if (listingId === undefined) return;
    const order = await client.get<Listing>(`/v1/listings/${listingId}`);
    lines.push(`${told() + 1}. ${heading}:${order.title}(${order.place})`);
    for (const text of texts) if (text) lines.push(`   ${text.zh}`, `   ${text.en}`);
  };
  const split = byValue.find((p) => p.lots.length > 1 && p !== byValue.find(isRemote));
  await tellProposal('价值最高的拆分安排 · the most valuable split', split ?? byValue[0]);
  await tellProposal('落在收入最低的乡镇 · placed in the poorest towns', byValue.find(isRemote));
  for (const [cause, heading] of [
    ['rule', '规则不符 · refused by a rule'],
    ['competition', '竞争落选 · lost to others'],
    ['not-worth', '得不偿失 · not worth it'],
  ] as const) {
    const entry = hinted(cause);
    const near = entry?.nearMisses.find(({ apply }) => apply) ?? entry?.nearMisses[0];
    await tell(heading, entry?.listingId, ...(entry?.reasons.slice(0, 2) ?? []), entry?.rules[0]?.text, near?.text);
    if (near?.apply) lines.push(`   PATCH ${near.apply.path}  ${JSON.stringify(near.apply.body)}`);
  }
  // Not every county has an order that is not worth it: a site left idle tells as much.
  const idleSites =
    told() < 5 ? await readAll<Unmatched>(client, `/v1/unmatched?round=${round.id}&subject=site&limit=100`) : [];
  const idle = idleSites.find(({ cause, rules }) => cause === 'competition' && rules.length > 0) ?? idleSites[0];
  await tell(
    '闲置的场地 · a site left idle',
    idle?.listingId,
    ...(idle?.reasons.slice(0, 2) ?? []),
    idle?.rules[0]?.text,
  );
  return lines;

  async function tellProposal(heading: string, proposal: Proposal | undefined): Promise<void> {
    if (!proposal) return;
    const people = proposal.lots.flatMap((lot) => lot.labour).reduce((sum, row) => sum + row.people, 0);
    const where = await Promise.all(proposal.lots.map(({ siteId }) => client.get<Listing>(`/v1/listings/${siteId}`)));
    const places = where.map(({ place, title }) => `${place}${title}`).join('、');
    await tell(
      heading,
      proposal.orderId,
      {
        zh: `${proposal.startsOn} 起,${places},${people} 人次,价值 ${yuan(proposal.valueFen)}`,
        en: `from ${proposal.startsOn}, ${proposal.lots.length} site(s), ${people} assignments, worth ${yuan(proposal.valueFen)}`,
      },
      ...proposal.reasons.slice(0, 3),
      proposal.conditions[0]?.text,
    );
  }
}

async function readAll<T>(client: Client, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: T[]; nextCursor: string | null } = await client.get(`${path}${cursor && `&cursor=${cursor}`}`);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
