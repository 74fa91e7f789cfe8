// Secrets that stand in files. Enters: the files that git keeps; without git, whatever is not made by a tool. Leaves: what secretlint's recommended rules find in them.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine } from '@secretlint/node';

const notOurs = new Set(['node_modules', '.git', '.gongfang', 'dist', 'coverage']);

export async function findSecrets(root: string): Promise<{ files: number; findings: string[] }> {
  const files = listFiles(root);
  const engine = await createEngine({
    cwd: root,
    color: false,
    formatter: 'json',
    maskSecrets: true,
    configFileJSON: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend' }] },
  });
  const { output } = await engine.executeOnFiles({ filePathList: files.map((file) => join(root, file)) });
  const results = JSON.parse(output) as { filePath: string; messages: { ruleId: string; message: string }[] }[];
  const findings = results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message }) => `${filePath}: ${ruleId}: ${message}`),
  );
  return { files: files.length, findings };
}

function listFiles(root: string): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root });
    return listed
      .toString()
      .split('\0')
      .filter((file) => file !== '');
  } catch {
    // From an archive: there is no git to ask.
    return readdirSync(root, { withFileTypes: true })
      .filter(({ name }) => !notOurs.has(name))
      .flatMap((entry) =>
        entry.isDirectory()
          ? readdirSync(join(root, entry.name), { recursive: true, withFileTypes: true })
              .filter((inner) => inner.isFile())
              .map((inner) => join(inner.parentPath, inner.name).slice(root.length))
          : [entry.name],
      );
  }
}
