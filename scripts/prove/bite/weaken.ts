// One condition, weakened in every way that takes a single part of it away. Enters: a boolean expression as PostgreSQL prints it.
// Leaves: the expression with one part of a conjunction true, for each such part; an expression of one part becomes `true`.

export function weaken(expression: string): string[] {
  const text = withoutParentheses(expression);
  const conjunction = splitAt(text, ' AND ');
  if (conjunction.length > 1) return weakenEach(conjunction, ' AND ');
  const alternatives = splitAt(text, ' OR ');
  // Any one alternative that is true makes all of it true: said once.
  if (alternatives.length > 1) return ['true', ...weakenEach(alternatives, ' OR ').filter((each) => !isHollow(each))];
  return ['true'];
}

function weakenEach(parts: readonly string[], joint: ' AND ' | ' OR '): string[] {
  return parts.flatMap((part, index) =>
    weaken(part).map((weaker) => parts.map((each, at) => `(${at === index ? weaker : each})`).join(joint)),
  );
}

const isHollow = (expression: string) => splitAt(expression, ' OR ').includes('(true)');

/** At the outermost level only: not inside of parentheses or quotes. */
function splitAt(text: string, joint: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const at of outermost(text)) {
    if (at >= from && text.startsWith(joint, at)) {
      parts.push(text.slice(from, at));
      from = at + joint.length;
    }
  }
  return [...parts, text.slice(from)];
}

function withoutParentheses(text: string): string {
  const trimmed = text.trim();
  const isEnclosed = trimmed.startsWith('(') && [...outermost(trimmed)].every((at) => at === 0);
  return isEnclosed ? withoutParentheses(trimmed.slice(1, -1)) : trimmed;
}

/** Positions outside of every parenthesis, quote and CASE; an opening parenthesis counts as outside, its closing one not. */
function* outermost(text: string): Generator<number> {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const isOutside = depth === 0 && !isQuoted;
    if (text[at] === "'") isQuoted = !isQuoted;
    else if (!isQuoted) {
      if (text[at] === '(' || /^\bCASE\b/.test(text.slice(at, at + 5))) depth += 1;
      else if (text[at] === ')' || (/^\bEND\b/.test(text.slice(at, at + 4)) && /\W/.test(text[at - 1] ?? ' ')))
        depth -= 1;
    }
    if (isOutside) yield at;
  }
}
