// The equipment vocabulary 设备种类: machines and fittings that a workshop lists and an order asks for.
import table from './data/equipment-kinds.json' with { type: 'json' };
import type { CodedTerm } from './coded-term.ts';
import { indexTerms } from './coded-term.ts';

export type EquipmentKind = CodedTerm;

export const equipmentKinds: readonly EquipmentKind[] = table.kinds;

export const equipmentKindCodes: readonly string[] = equipmentKinds.map((kind) => kind.code);

const terms = indexTerms(equipmentKinds);

/** By code, Chinese name or synonym; `null` when unknown. */
export function findEquipmentKind(text: string): EquipmentKind | null {
  return terms.find(text);
}
