// `npm run examples`: writes the sample county's xlsx files beside this file, through the official templates.
import { writeFile } from 'node:fs/promises';
import { buildFilledSheet } from '../../src/lists/sheets/index.ts';
import { exampleFiles } from './files.ts';
import { demoRemark, makeExamples } from './make-examples.ts';

const examples = makeExamples();
for (const { fileName, sheetId, rows } of exampleFiles) {
  const drafts = examples[sheetId];
  if (drafts.length !== rows) throw new Error(`${fileName}: ${drafts.length} rows instead of ${rows}`);
  const bytes = await buildFilledSheet(sheetId, drafts, demoRemark);
  await writeFile(new URL(fileName, import.meta.url), bytes);
  console.log(`${fileName}  ${rows} rows  ${Math.round(bytes.length / 1024)} KB`);
}
