// One ready-made identity per role, to try the API with. Enters: the running service, with the county imported. Leaves: lines to
// print: secret, who it is. Keys of an earlier demo end.

import { setTimeout as delay } from 'node:timers/promises';
import { issueKey, revokeKeys, type KeyRequest } from '../../src/access/index.ts';
import type { Context } from '../../src/platform/context.ts';
import { platformScope } from '../../src/platform/database.ts';
import { connect, type Client } from './client.ts';
import { county } from './county.ts';

/** 高家镇, and 湖仁村 in it. */
const town = '330803114';
const village = '330803114242';
/** Of the first of the made-up workers (examples/qujiang/workers.ts). */
const householdPhone = '13800000000';
const AUDIT_DAYS = 30;

interface Party {
  id: string;
  kind: string;
  name: string;
  divisionCode: string;
}

/** The county's official alone, who imports the county before there are parties to be anybody of. */
export async function issueOfficialKey(context: Context): Promise<string> {
  await revokeKeys(context, 'demo', 'demo');
  return issue(context, { label: 'demo county official', role: 'official', divisionCode: county });
}

export async function issueIdentities(context: Context, url: string, officialKey: string): Promise<[string, string][]> {
  const client = connect(url, officialKey);
  const enterprise = await findParty(client, 'enterprise', county);
  const collective = await findParty(client, 'collective', village);
  const expiresAt = new Date(context.clock.now().getTime() + AUDIT_DAYS * 86_400_000);
  const wanted: [string, Omit<KeyRequest, 'label'>][] = [
    ['平台 platform', { role: 'platform' }],
    ['镇级 town official (高家镇)', { role: 'official', divisionCode: town }],
    ['村级 village secretary (湖仁村)', { role: 'official', divisionCode: village }],
    [`企业 enterprise (${enterprise.name})`, { role: 'enterprise', divisionCode: county, partyId: enterprise.id }],
    [`村集体 collective (${collective.name})`, { role: 'collective', divisionCode: village, partyId: collective.id }],
    ['经纪人 broker (凭委托书 under mandates)', { role: 'broker', divisionCode: county }],
    ['银行 bank officer', { role: 'bank-officer', divisionCode: county }],
    [`审计 auditor (${AUDIT_DAYS} 天 days)`, { role: 'auditor', divisionCode: county, expiresAt }],
    ['第三方 third party', { role: 'third-party', divisionCode: county }],
  ];
  const identities: [string, string][] = [[officialKey, '县级 county official']];
  for (const [label, request] of wanted) {
    identities.push([await issue(context, { label: `demo ${request.role}`, ...request }), label]);
  }
  // Every demo begins at the same moment: codes of one before, in this folder, would count as too many in an hour.
  await context.db.inScope(platformScope('system:demo'), (tx) => tx.execute('delete from sms_code'));
  const session = await signInByPhone(url);
  if (session !== undefined) identities.push([session, `农户 household (手机 phone ${householdPhone})`]);
  return identities;
}

function issue(context: Context, request: KeyRequest): Promise<string> {
  return issueKey(context, { ...request, kind: 'demo' }, 'demo');
}

async function findParty(client: Client, kind: string, division: string): Promise<Party> {
  const page = await client.get<{ items: Party[] }>(`/v1/parties?kind=${kind}&division=${division}&limit=1`);
  const [party] = page.items;
  if (!party) throw new Error(`the sample county has no ${kind} in ${division}`);
  return party;
}

const LOOKS_MAX = 50;
const LOOK_EVERY_MS = 200;

/** As a villager would: asks for a code, reads it (here on the local outbox page), signs in. Undefined when none came. */
async function signInByPhone(url: string): Promise<string | undefined> {
  const asked = await post(`${url}/v1/sms-codes`, { phone: householdPhone });
  if (!asked.ok) return undefined;
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const page = await fetch(`${url}/dev/outbox`).then((response) => (response.ok ? response.text() : ''));
    const codes = [...page.matchAll(new RegExp(`<td>${householdPhone}</td><td>\\D*(\\d{6})`, 'g'))];
    for (const [, code] of codes.slice(0, 1)) {
      const answer = await post(`${url}/v1/sessions`, { phone: householdPhone, code });
      if (answer.ok) return ((await answer.json()) as { token: string }).token;
    }
    await delay(LOOK_EVERY_MS);
  }
  return undefined;
}

function post(address: string, body: object): Promise<Response> {
  return fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}
